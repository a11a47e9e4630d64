import { registryTime } from '@ameide/publisher-kit';
import { printable } from '@ameide/versioning-core';
import { parseFileName } from '../distribution/file-name.ts';
import { type Anchor, readHtmlPage } from './html-page.ts';
import { SimpleApiError } from './simple-api-error.ts';

/** One file that an index lists. */
export interface IndexFile {
  readonly name: string;
  /** Absolute, without its fragment. */
  readonly url: string;
  /** 64 hex digits, if the index reports it. */
  readonly sha256?: string;
  /** The index serves the wheel's METADATA at `<url>.metadata` (PEP 658, 714). */
  readonly metadata?: { readonly sha256?: string };
  /** When the index received it (PEP 700): ISO 8601, UTC. HTML pages do not say it. */
  readonly uploadedAt?: string;
  /** Where the index serves the file's attestations (PEP 740): absolute. */
  readonly provenance?: string;
  /** Installers take it for its exact version alone (PEP 592). */
  readonly isYanked?: true;
}

/** Prefers JSON; HTML is for indexes that have nothing else (PEP 691). */
export const SIMPLE_ACCEPT =
  'application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1';

/**
 * Reads a project page of the Simple API by its content type: JSON (PEP 691) or HTML (PEP 503).
 * Throws `SimpleApiError`.
 */
export function parseProjectPage(
  body: string,
  contentType: string,
  pageUrl: string,
): readonly IndexFile[] {
  const type = contentType.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (type === 'application/vnd.pypi.simple.v1+json' || type === 'application/json')
    return parseJson(body, pageUrl);
  if (type === 'text/html' || type === 'application/vnd.pypi.simple.v1+html')
    return parseHtml(body, pageUrl);
  throw new SimpleApiError(`the content type ${printable(type)} is not one of the Simple API's`);
}

/** The limit for all versions together. */
const MAX_FILES = 100_000;
/**
 * The limit of JSON values, enough for that many files. For some megabytes of `{},{},…` JSON.parse
 * needs gigabytes and half a minute.
 */
const MAX_VALUES = 2_000_000;
const MAX_BASE = 2000;

function parseJson(body: string, pageUrl: string): readonly IndexFile[] {
  const page = objectOf(parsed(body));
  const version = objectOf(page?.['meta'])?.['api-version'];
  if (typeof version !== 'string' || !/^1\.\d+$/.test(version))
    throw new SimpleApiError('its JSON does not say api-version 1.x');
  const files = page?.['files'];
  if (!Array.isArray(files)) throw new SimpleApiError('its JSON has no list of files');
  refuseMoreFiles(files.length);
  const base = baseUrl('', pageUrl);
  return files.map((entry: unknown) => {
    const file = objectOf(entry);
    const name = file?.['filename'];
    const url = file?.['url'];
    if (file === undefined || typeof name !== 'string' || typeof url !== 'string')
      throw new SimpleApiError('a file has no filename or url');
    const sha256 = hexDigest(objectOf(file['hashes'])?.['sha256']);
    const metadata = jsonMetadata(
      file['core-metadata'] ?? file['data-dist-info-metadata'] ?? file['dist-info-metadata'],
    );
    const isYanked = file['yanked'] === true || isText(file['yanked']);
    const uploadedAt = registryTime(file['upload-time']);
    const provenance = provenanceUrl(file['provenance'], base);
    const said = { sha256, metadata, isYanked, uploadedAt, provenance };
    return indexFile(name, absolute(url, base), said);
  });
}

function jsonMetadata(value: unknown): IndexFile['metadata'] {
  if (value === undefined || value === null || value === false) return undefined;
  const sha256 = hexDigest(objectOf(value)?.['sha256']);
  return sha256 === undefined ? {} : { sha256 };
}

function parseHtml(body: string, pageUrl: string): readonly IndexFile[] {
  const { anchors, baseHref = '', isMarked } = readHtmlPage(body, MAX_FILES);
  const base = baseUrl(baseHref, pageUrl);
  const files = anchors.flatMap((anchor) => htmlFile(anchor, base));
  // Accept a page without files only if it identifies itself: a login page must not count as an
  // empty index.
  if (isMarked || files.some(({ name }) => parseFileName(name) !== undefined)) return files;
  throw new SimpleApiError('its HTML lists no file and is not marked as a page of an index');
}

function htmlFile(anchor: Anchor, base: string): readonly IndexFile[] {
  const url = absolute(anchor.href, base);
  // PEP 503: the anchor's text is the last part of the URL's path. We use the URL, which is
  // unambiguous.
  const name = decodePath(url.pathname.slice(url.pathname.lastIndexOf('/') + 1));
  if (name === '') return [];
  const [, digest] = /[#&]sha256=([^&]*)/.exec(url.hash) ?? [];
  const metadata = htmlMetadata(anchor.metadata);
  const { isYanked } = anchor;
  const provenance = provenanceUrl(anchor.provenance, base);
  return [indexFile(name, url, { sha256: hexDigest(digest), metadata, isYanked, provenance })];
}

function provenanceUrl(value: unknown, base: string): string | undefined {
  return typeof value === 'string' && value !== '' ? absolute(value, base).href : undefined;
}

function htmlMetadata(value: string | undefined): IndexFile['metadata'] {
  if (value === undefined || value === 'false') return undefined;
  const sha256 = hexDigest(/^sha256=(.*)$/.exec(value)?.[1]);
  return sha256 === undefined ? {} : { sha256 };
}

/** The base of relative file addresses. Short, because each file's address parses it again. */
function baseUrl(href: string, pageUrl: string): string {
  const url = absolute(href, pageUrl);
  url.search = '';
  if (url.href.length > MAX_BASE)
    throw new SimpleApiError(`its base address has more than ${MAX_BASE} characters`);
  return url.href;
}

function indexFile(
  name: string,
  url: URL,
  {
    isYanked,
    metadata,
    provenance,
    sha256,
    uploadedAt,
  }: {
    readonly sha256: string | undefined;
    readonly metadata: IndexFile['metadata'];
    readonly isYanked: boolean;
    readonly uploadedAt?: string | undefined;
    readonly provenance: string | undefined;
  },
): IndexFile {
  url.hash = '';
  return {
    name,
    url: url.href,
    ...(sha256 === undefined ? {} : { sha256 }),
    ...(metadata === undefined ? {} : { metadata }),
    ...(provenance === undefined ? {} : { provenance }),
    ...(isYanked ? { isYanked } : {}),
    ...(uploadedAt === undefined ? {} : { uploadedAt }),
  };
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

function absolute(reference: string, base: string): URL {
  const url = URL.parse(reference, base);
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:'))
    throw new SimpleApiError('a file has no http address');
  // User and password in an address are somebody else's credential, which we must not send.
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

function refuseMoreFiles(count: number): void {
  if (count > MAX_FILES) throw new SimpleApiError(`it lists more than ${MAX_FILES} files`);
}

function hexDigest(value: unknown): string | undefined {
  return typeof value === 'string' && /^[0-9a-f]{64}$/i.test(value)
    ? value.toLowerCase()
    : undefined;
}

function parsed(body: string): unknown {
  const value = /[[{,]/g;
  for (let count = 0; value.test(body); count++)
    if (count === MAX_VALUES) throw new SimpleApiError(`it has more than ${MAX_VALUES} values`);
  try {
    return JSON.parse(body) as unknown;
  } catch {
    throw new SimpleApiError('its JSON cannot be read');
  }
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}
