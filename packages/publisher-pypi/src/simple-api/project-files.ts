import { parseFileName } from '../distribution/file-name.ts';
import { decodeEntities } from './html-entities.ts';

/** One file that an index lists. */
export interface IndexFile {
  readonly name: string;
  /** Absolute, without its fragment. */
  readonly url: string;
  /** 64 hex digits, when the index tells it. */
  readonly sha256?: string;
  /** The index serves the wheel's METADATA at `<url>.metadata` (PEP 658, 714). */
  readonly metadata?: { readonly sha256?: string };
}

/** The answer is no Simple API page; the message says why. */
export class SimpleApiError extends Error {
  override readonly name = 'SimpleApiError';
}

/** JSON first; HTML for indexes that have nothing else (PEP 691). */
export const SIMPLE_ACCEPT = 'application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1';

/** Reads a project page of the Simple API, JSON (PEP 691) or HTML (PEP 503), by its content type. Throws `SimpleApiError`. */
export function parseProjectPage(body: string, contentType: string, pageUrl: string): readonly IndexFile[] {
  const type = contentType.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (type === 'application/vnd.pypi.simple.v1+json' || type === 'application/json') return parseJson(body, pageUrl);
  if (type === 'text/html' || type === 'application/vnd.pypi.simple.v1+html') return parseHtml(body, pageUrl);
  throw new SimpleApiError(`the content type ${JSON.stringify(type)} is none of the Simple API's`);
}

function parseJson(body: string, pageUrl: string): readonly IndexFile[] {
  const page = objectOf(parsed(body));
  const version = objectOf(page?.['meta'])?.['api-version'];
  if (typeof version !== 'string' || !/^1\.\d+$/.test(version)) throw new SimpleApiError('its JSON does not say api-version 1.x');
  const files = page?.['files'];
  if (!Array.isArray(files)) throw new SimpleApiError('its JSON has no list of files');
  return files.map((entry: unknown) => {
    const file = objectOf(entry);
    const name = file?.['filename'];
    const url = file?.['url'];
    if (file === undefined || typeof name !== 'string' || typeof url !== 'string')
      throw new SimpleApiError('a file has no filename or url');
    const sha256 = hexDigest(objectOf(file['hashes'])?.['sha256']);
    const metadata = jsonMetadata(file['core-metadata'] ?? file['data-dist-info-metadata'] ?? file['dist-info-metadata']);
    return indexFile(name, absolute(url, pageUrl), sha256, metadata);
  });
}

function jsonMetadata(value: unknown): IndexFile['metadata'] {
  if (value === undefined || value === null || value === false) return undefined;
  const sha256 = hexDigest(objectOf(value)?.['sha256']);
  return sha256 === undefined ? {} : { sha256 };
}

/**
 * A page without a file is believed only when it shows what it is, or a login page would be an empty index: by PEP 629's version, or by
 * the title that every index writes, after PEP 503's own example.
 */
const INDEX_PAGE = /<meta\s[^>]*pypi:repository-version|<title>[^<]*\blinks for\b/i;

const ANCHOR = /<a\s([^>]*)>/gi;
const ATTRIBUTE = /([a-z][a-z0-9-]*)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/gi;

function parseHtml(body: string, pageUrl: string): readonly IndexFile[] {
  const html = body.replace(/<!--[\s\S]*?-->/g, '');
  const base = attributes(/<base\s([^>]*)>/i.exec(html)?.[1] ?? '').get('href');
  const baseUrl = base === undefined ? pageUrl : absolute(base, pageUrl).href;
  const files = [...html.matchAll(ANCHOR)].flatMap((anchor) => {
    const found = attributes(anchor[1] ?? '');
    const href = found.get('href');
    if (href === undefined) return [];
    const url = absolute(href, baseUrl);
    // PEP 503: the anchor's text is the last part of the URL's path; the URL cannot be misread.
    const name = decodePath(url.pathname.split('/').at(-1) ?? '');
    if (name === '') return [];
    return [indexFile(name, url, hexDigest(/^#sha256=(.*)$/.exec(url.hash)?.[1]), htmlMetadata(found))];
  });
  if (files.some(({ name }) => parseFileName(name) !== undefined) || INDEX_PAGE.test(html)) return files;
  throw new SimpleApiError('its HTML lists no file and is not marked as a page of an index');
}

function htmlMetadata(found: ReadonlyMap<string, string>): IndexFile['metadata'] {
  const value = found.get('data-core-metadata') ?? found.get('data-dist-info-metadata');
  if (value === undefined || value === 'false') return undefined;
  const sha256 = hexDigest(/^sha256=(.*)$/.exec(value)?.[1]);
  return sha256 === undefined ? {} : { sha256 };
}

function attributes(text: string): ReadonlyMap<string, string> {
  return new Map([...text.matchAll(ATTRIBUTE)].map((m) => [(m[1] ?? '').toLowerCase(), decodeEntities(m[2] ?? m[3] ?? m[4] ?? '')]));
}

function indexFile(name: string, url: URL, sha256: string | undefined, metadata: IndexFile['metadata']): IndexFile {
  url.hash = '';
  return { name, url: url.href, ...(sha256 === undefined ? {} : { sha256 }), ...(metadata === undefined ? {} : { metadata }) };
}

function absolute(reference: string, base: string): URL {
  const url = URL.parse(reference, base);
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) throw new SimpleApiError('a file has no http address');
  // An address with a user and a password is a stranger's credential: not ours to send.
  url.username = '';
  url.password = '';
  return url;
}

function decodePath(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function hexDigest(value: unknown): string | undefined {
  return typeof value === 'string' && /^[0-9a-f]{64}$/i.test(value) ? value.toLowerCase() : undefined;
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    throw new SimpleApiError('its JSON cannot be read');
  }
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
}
