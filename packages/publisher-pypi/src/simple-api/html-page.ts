import { html, Token, type TokenHandler, Tokenizer, TokenizerMode } from 'parse5';
import { SimpleApiError } from './simple-api-error.ts';

/** The parts of an HTML index page that we use. */
export interface HtmlPage {
  /** The address of the first `<base>` that has one. */
  readonly baseHref?: string;
  readonly anchors: readonly Anchor[];
  /**
   * True if the page identifies itself as an index's: by PEP 629's version, or by the title that
   * every index writes, after PEP 503's own example. A login page has neither.
   */
  readonly isMarked: boolean;
}

/** An `<a>` with an address. */
export interface Anchor {
  readonly href: string;
  /** `data-core-metadata` (PEP 714), else its older name; `''` if the attribute has no value. */
  readonly metadata?: string;
  /** `data-provenance` (PEP 740). */
  readonly provenance?: string;
  /** True if `data-yanked` is there, also without a reason (PEP 592). */
  readonly isYanked: boolean;
}

/** How the HTML standard reads the content of these elements: as text, up to the end tag. */
const TEXT_ELEMENTS = new Map<html.TAG_ID, (typeof TokenizerMode)[keyof typeof TokenizerMode]>([
  [html.TAG_ID.SCRIPT, TokenizerMode.SCRIPT_DATA],
  [html.TAG_ID.TITLE, TokenizerMode.RCDATA],
  [html.TAG_ID.TEXTAREA, TokenizerMode.RCDATA],
  [html.TAG_ID.STYLE, TokenizerMode.RAWTEXT],
  [html.TAG_ID.XMP, TokenizerMode.RAWTEXT],
  [html.TAG_ID.IFRAME, TokenizerMode.RAWTEXT],
  [html.TAG_ID.NOEMBED, TokenizerMode.RAWTEXT],
  [html.TAG_ID.NOFRAMES, TokenizerMode.RAWTEXT],
  [html.TAG_ID.PLAINTEXT, TokenizerMode.PLAINTEXT],
]);

/**
 * Reads a page's tags by the HTML standard, without building a tree: a hostile page could keep a
 * tree builder busy for hours. Throws `SimpleApiError` for a page with more than `maxAnchors` `<a>`
 * tags, and for one that ends inside a tag, a comment or a script, because that may hide something.
 */
export function readHtmlPage(text: string, maxAnchors: number): HtmlPage {
  return new PageReader(maxAnchors).read(text);
}

/** The title of an index's page is short. */
const MAX_TITLE = 1000;

class PageReader implements TokenHandler {
  readonly #tokenizer = new Tokenizer({}, this);
  readonly #maxAnchors: number;
  readonly #anchors: Anchor[] = [];
  #anchorTags = 0;
  #baseHref: string | undefined;
  #isMarked = false;
  /** The text of the open title element. */
  #title: string | undefined;

  constructor(maxAnchors: number) {
    this.#maxAnchors = maxAnchors;
  }

  read(text: string): HtmlPage {
    this.#tokenizer.write(text, true);
    if (this.#tokenizer.state !== TokenizerMode.DATA)
      throw new SimpleApiError('its HTML breaks off inside a tag, a comment or a script');
    const page = { anchors: this.#anchors, isMarked: this.#isMarked };
    return this.#baseHref === undefined ? page : { ...page, baseHref: this.#baseHref };
  }

  onStartTag(tag: Token.TagToken): void {
    const mode = TEXT_ELEMENTS.get(tag.tagID);
    if (mode !== undefined) this.#tokenizer.state = mode;
    if (tag.tagID === html.TAG_ID.TITLE) this.#title = '';
    else if (tag.tagID === html.TAG_ID.A) this.#addAnchor(tag);
    else if (tag.tagID === html.TAG_ID.BASE) this.#setBase(Token.getTokenAttr(tag, 'href'));
    else if (tag.tagID === html.TAG_ID.META)
      this.#isMarked ||= Token.getTokenAttr(tag, 'name') === 'pypi:repository-version';
  }

  onEndTag(tag: Token.TagToken): void {
    if (tag.tagID !== html.TAG_ID.TITLE) return;
    this.#isMarked ||= /\blinks for\b/i.test(this.#title ?? '');
    this.#title = undefined;
  }

  onCharacter({ chars }: Token.CharacterToken): void {
    if (this.#title !== undefined && this.#title.length < MAX_TITLE) this.#title += chars;
  }

  onWhitespaceCharacter(token: Token.CharacterToken): void {
    this.onCharacter(token);
  }

  onNullCharacter(): void {}
  onComment(): void {}
  onDoctype(): void {}
  onEof(): void {}

  #addAnchor(tag: Token.TagToken): void {
    this.#anchorTags += 1;
    if (this.#anchorTags > this.#maxAnchors)
      throw new SimpleApiError(`it lists more than ${this.#maxAnchors} files`);
    const href = Token.getTokenAttr(tag, 'href');
    if (href === null || href === '') return;
    const metadata =
      Token.getTokenAttr(tag, 'data-core-metadata') ??
      Token.getTokenAttr(tag, 'data-dist-info-metadata');
    const isYanked = Token.getTokenAttr(tag, 'data-yanked') !== null;
    const provenance = Token.getTokenAttr(tag, 'data-provenance');
    this.#anchors.push({
      href,
      isYanked,
      ...(metadata === null ? {} : { metadata }),
      ...(provenance === null ? {} : { provenance }),
    });
  }

  #setBase(href: string | null): void {
    if (href !== null) this.#baseHref ??= href;
  }
}
