import { InvalidInputError } from '@ameide/versioning-core';

/** Where one index is written to, and where it is read. */
export interface IndexAddress {
  readonly uploadUrl: string;
  /** With a slash at its end. */
  readonly simpleUrl: string;
}

const PYPI: IndexAddress = {
  uploadUrl: 'https://upload.pypi.org/legacy/',
  simpleUrl: 'https://pypi.org/simple/',
};
const TEST_PYPI: IndexAddress = {
  uploadUrl: 'https://test.pypi.org/legacy/',
  simpleUrl: 'https://test.pypi.org/simple/',
};

/** From what few can see to what everyone can. */
const PUBLICITY: readonly (IndexAddress | undefined)[] = [undefined, TEST_PYPI, PYPI];

/**
 * The pair of two checked addresses; pypi.org's when neither is given. One alone is refused, and so
 * is pypi.org's or test.pypi.org's beside another index's: the upload would go to one index, and be
 * decided by what the other one holds. Throws `InvalidInputError`, which names the field and its
 * pair.
 */
export function indexAddress(given: Partial<IndexAddress>): IndexAddress {
  const { uploadUrl, simpleUrl } = given;
  if (uploadUrl === undefined) {
    if (simpleUrl === undefined) return PYPI;
    throw unpaired('uploadUrl', { simpleUrl: new URL(simpleUrl).href });
  }
  const upload = new URL(uploadUrl).href;
  if (simpleUrl === undefined) throw unpaired('simpleUrl', { uploadUrl: upload });
  const simple = withSlash(simpleUrl);
  const difference = PUBLICITY.indexOf(publicPypi(upload)) - PUBLICITY.indexOf(publicPypi(simple));
  // The more public address is told to be the mistake: who does as the message says makes
  // nothing public.
  if (difference !== 0)
    throw unpaired(difference > 0 ? 'uploadUrl' : 'simpleUrl', {
      uploadUrl: upload,
      simpleUrl: simple,
    });
  return { uploadUrl: upload, simpleUrl: simple };
}

/** Whether an address is pypi.org's or test.pypi.org's. */
export function isPublicPypi(url: string): boolean {
  return publicPypi(url) !== undefined;
}

function publicPypi(url: string): IndexAddress | undefined {
  const host = new URL(url).hostname.replace(/\.$/, '');
  if (host === 'test.pypi.org') return TEST_PYPI;
  return host === 'pypi.org' || host.endsWith('.pypi.org') ? PYPI : undefined;
}

function unpaired(field: keyof IndexAddress, given: Partial<IndexAddress>): InvalidInputError {
  const other = field === 'uploadUrl' ? 'simpleUrl' : 'uploadUrl';
  const its = given[other] ?? '';
  const wanted =
    publicPypi(its)?.[field] ??
    `the same index's ${field === 'uploadUrl' ? 'upload address' : 'Simple API'}`;
  return new InvalidInputError({
    field,
    ...(given[field] === undefined ? {} : { received: given[field] }),
    expected: `${wanted} beside ${other} ${its}`,
    hint: 'Give uploadUrl and simpleUrl of one index; or neither, for pypi.org.',
  });
}

function withSlash(address: string): string {
  const { href } = new URL(address);
  return href.endsWith('/') ? href : `${href}/`;
}
