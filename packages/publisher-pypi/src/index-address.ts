import { InvalidInputError } from '@ameide/versioning-core';

/** Where to write to an index, and where to read it. */
export interface IndexAddress {
  readonly uploadUrl: string;
  /** With a trailing slash. */
  readonly simpleUrl: string;
}

export const PYPI: IndexAddress = {
  uploadUrl: 'https://upload.pypi.org/legacy/',
  simpleUrl: 'https://pypi.org/simple/',
};
const TEST_PYPI: IndexAddress = {
  uploadUrl: 'https://test.pypi.org/legacy/',
  simpleUrl: 'https://test.pypi.org/simple/',
};

/** From the least public to the most public. */
const PUBLICITY: readonly (IndexAddress | undefined)[] = [undefined, TEST_PYPI, PYPI];

/**
 * Returns both addresses of an index; pypi.org's if neither is given. Refuses a single address, and
 * an address of pypi.org or test.pypi.org together with another index's: we would upload to one
 * index and decide by the content of the other. Throws `InvalidInputError`, which names the wrong
 * field and the right pair.
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
  if (withSlash(upload) === simple)
    throw unpaired('uploadUrl', { uploadUrl: upload, simpleUrl: simple });
  const difference = PUBLICITY.indexOf(publicPypi(upload)) - PUBLICITY.indexOf(publicPypi(simple));
  // Reports the more public address as the mistake, so that following the message publishes nothing
  // by accident.
  if (difference !== 0)
    throw unpaired(difference > 0 ? 'uploadUrl' : 'simpleUrl', {
      uploadUrl: upload,
      simpleUrl: simple,
    });
  return { uploadUrl: upload, simpleUrl: simple };
}

/** True for an address of test.pypi.org. */
export function isTestPypi(url: string): boolean {
  return publicPypi(url) === TEST_PYPI;
}

/** True for an address of pypi.org or test.pypi.org. */
export function isPublicPypi(url: string): boolean {
  return publicPypi(url) !== undefined;
}

/**
 * False for the indexes that are known to have pages of projects alone, and none at their root: Gitea
 * and Forgejo (their routes), and AWS CodeArtifact (its documentation, "Python compatibility").
 */
export function hasRootPage(simpleUrl: string): boolean {
  const { hostname, pathname } = new URL(simpleUrl);
  const isGitea = /\/api\/packages\/[^/]+\/pypi\/simple\/$/.test(pathname);
  return !isGitea && !/\.codeartifact\.[^.]+\.amazonaws\.com$/.test(hostname);
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
    expected: `${wanted} together with ${other} ${its}`,
    hint: 'Set uploadUrl and simpleUrl to addresses of one index, or set neither for pypi.org.',
  });
}

function withSlash(address: string): string {
  const { href } = new URL(address);
  return href.endsWith('/') ? href : `${href}/`;
}
