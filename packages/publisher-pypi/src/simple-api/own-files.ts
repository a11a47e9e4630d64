import { ok, type Result } from '@ameide/versioning-core';
import { isPublicPypi } from '../index-address.ts';
import type { IndexFile } from './project-files.ts';

/** A project page that was read. */
export interface ProjectPage {
  /** After redirects. */
  readonly url: string;
  readonly headers: Headers;
}

/**
 * Returns whether a page belongs to the index at `simpleUrl`. `pageUrl` is its address after redirects.
 * GitLab and pypiserver redirect requests for a project that they do not have to another index:
 * pypi.org by default, or a mirror (https://docs.gitlab.com/user/packages/pypi_repository, pypiserver's
 * `--fallback-url`). An index may also have moved as a whole; then its root is redirected, too.
 * `addressOf` follows the root's redirects.
 */
export async function isOwnPage(
  pageUrl: string,
  simpleUrl: string,
  addressOf: (root: string) => Promise<Result<string | undefined>>,
): Promise<Result<boolean>> {
  if (isPublicPypi(simpleUrl) || pageUrl.startsWith(simpleUrl)) return ok(true);
  if (isPublicPypi(pageUrl)) return ok(false);
  const { problems, value: root } = await addressOf(simpleUrl);
  if (problems !== undefined) return { problems };
  return ok(root !== undefined && root !== simpleUrl && pageUrl.startsWith(root));
}

/**
 * Returns the files that the index at `simpleUrl` holds itself. Its page may list others, which an
 * upload to it neither replaces nor needs:
 *
 * - An index in front of pypi.org lists files at files.pythonhosted.org.
 * - devpi lists the files of the indexes in `bases`; a file's address names its index.
 */
export function ownFiles(
  files: readonly IndexFile[],
  page: ProjectPage,
  simpleUrl: string,
): readonly IndexFile[] {
  if (isPublicPypi(simpleUrl)) return files;
  const [, index] = /((?:\/[^/]+){2})\/\+simple\/$/.exec(new URL(simpleUrl).pathname) ?? [];
  const isDevpi = index !== undefined && page.headers.has('x-devpi-api-version');
  return files.filter(({ url }) => {
    const { hostname, pathname } = new URL(url);
    if (hostname === 'pythonhosted.org' || hostname.endsWith('.pythonhosted.org')) return false;
    return !isDevpi || pathname.includes(`${index}/+f/`);
  });
}
