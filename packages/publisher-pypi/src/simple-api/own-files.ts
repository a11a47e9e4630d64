import { isPublicPypi } from '../index-address.ts';
import type { IndexFile } from './project-files.ts';

/** A project page that was read. */
export interface ProjectPage {
  /** After redirects. */
  readonly url: string;
  readonly headers: Headers;
}

/**
 * Returns the files that the index at `simpleUrl` holds itself. Its page may list others, which an
 * upload to it neither replaces nor needs:
 *
 * - GitLab, and pypiserver by default, answer for a project that they do not have with a redirect
 *   to pypi.org (https://docs.gitlab.com/user/packages/pypi_repository).
 * - An index in front of pypi.org lists files at files.pythonhosted.org.
 * - devpi lists the files of the indexes in `bases`; a file's address names its index.
 */
export function ownFiles(
  files: readonly IndexFile[],
  page: ProjectPage,
  simpleUrl: string,
): readonly IndexFile[] {
  if (isPublicPypi(simpleUrl)) return files;
  if (isPublicPypi(page.url)) return [];
  const [, index] = /((?:\/[^/]+){2})\/\+simple\/$/.exec(new URL(simpleUrl).pathname) ?? [];
  const isDevpi = index !== undefined && page.headers.has('x-devpi-api-version');
  return files.filter(({ url }) => {
    const { hostname, pathname } = new URL(url);
    if (hostname === 'pythonhosted.org' || hostname.endsWith('.pythonhosted.org')) return false;
    return !isDevpi || pathname.includes(`${index}/+f/`);
  });
}
