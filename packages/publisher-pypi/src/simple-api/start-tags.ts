import { decodeEntities } from './html-entities.ts';
import { SimpleApiError } from './simple-api-error.ts';

/** An opening tag of an HTML page: `<a href="…">`. */
export interface StartTag {
  /** Lower case. */
  readonly name: string;
  /** What stands between the name and `>`. */
  readonly rest: string;
  /** Where the text after it begins. */
  readonly end: number;
}

const NAME = /<([a-z][a-z0-9]*)(?=[\s/>])/iy;

/**
 * The opening tags outside of comments, in one pass: a page may be made to keep a regular
 * expression busy for hours. Throws `SimpleApiError` for a page that breaks off inside a comment or
 * a tag, as nobody knows what that hides.
 */
export function* startTags(html: string): Generator<StartTag> {
  for (let at = html.indexOf('<'); at !== -1; at = html.indexOf('<', at)) {
    NAME.lastIndex = at;
    const name = NAME.exec(html)?.[1];
    if (name !== undefined) {
      const close = endOf(html, '>', at);
      yield {
        name: name.toLowerCase(),
        rest: html.slice(at + 1 + name.length, close - 1),
        end: close,
      };
      at = close;
      // `<!-->` is a whole comment:
      // https://html.spec.whatwg.org/multipage/parsing.html#comment-start-state
    } else at = html.startsWith('<!--', at) ? endOf(html, '-->', at + 2) : at + 1;
  }
}

function endOf(html: string, mark: string, from: number): number {
  const at = html.indexOf(mark, from);
  if (at === -1) throw new SimpleApiError('its HTML breaks off inside a comment or a tag');
  return at + mark.length;
}

const ATTRIBUTE = /([a-z][a-z0-9-]*)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/gi;

/**
 * Those of a tag's attributes that are asked for (in lower case), with entities decoded; `''` for
 * one without a value.
 */
export function attributes(
  { rest }: StartTag,
  names: readonly string[],
): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  // Not all of them at once: there may be millions.
  for (const [, written = '', double, single, bare] of rest.matchAll(ATTRIBUTE)) {
    const name = written.toLowerCase();
    if (names.includes(name)) found.set(name, decodeEntities(double ?? single ?? bare ?? ''));
  }
  return found;
}
