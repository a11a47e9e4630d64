import { type CoreMetadata, firstValue, projectUrls } from './core-metadata.ts';
import { contentUrlPath, type StoredFile, type StoredProject } from './index-store.ts';
import { sortedVersions } from './simple-api.ts';
import { parseVersion } from './version.ts';

/**
 * Returns the version that `/pypi/<name>/json` describes: the highest final one, or the highest of
 * all if there is no final one.
 */
export function latestVersion(project: StoredProject): string | undefined {
  const versions = sortedVersions(project);
  return (
    versions.findLast((version) => parseVersion(version)?.prerelease === false) ?? versions.at(-1)
  );
}

/**
 * Renders `/pypi/<name>/<version>/json` of PyPI's JSON API; `undefined` if there is no such
 * version. `origin` has no trailing slash.
 */
export function renderRelease(
  project: StoredProject,
  version: string,
  origin: string,
): string | undefined {
  const metadata = project.releases[version];
  if (metadata === undefined) return undefined;
  const files = project.files.filter((file) => file.version === version);
  return JSON.stringify({
    info: info(project, version, metadata),
    last_serial: project.files.length,
    urls: files.map((file) => url(file, origin)),
    vulnerabilities: [],
  });
}

function info(
  project: StoredProject,
  version: string,
  metadata: CoreMetadata,
): Record<string, unknown> {
  const text = (field: string): string | null => firstValue(metadata, field) ?? null;
  const list = (field: string): readonly string[] | null => metadata[field] ?? null;
  const urls = projectUrls(metadata);
  return {
    name: project.name,
    version,
    summary: text('summary'),
    author: text('author'),
    author_email: text('author-email'),
    classifiers: list('classifier') ?? [],
    home_page: text('home-page'),
    keywords: text('keywords'),
    license: text('license'),
    license_expression: text('license-expression'),
    project_urls: Object.keys(urls).length === 0 ? null : urls,
    provides_extra: list('provides-extra'),
    requires_dist: list('requires-dist'),
    requires_python: text('requires-python'),
    yanked: project.files.every((file) => file.version !== version || file.yanked !== undefined),
    yanked_reason: project.files.find((file) => file.version === version)?.yanked || null,
  };
}

function url(file: StoredFile, origin: string): Record<string, unknown> {
  return {
    filename: file.fileName,
    url: `${origin}/${contentUrlPath(file)}`,
    digests: { blake2b_256: file.blake2b256, md5: file.md5, sha256: file.sha256 },
    md5_digest: file.md5,
    packagetype: file.packageType,
    python_version: file.pythonVersion,
    requires_python: file.requiresPython ?? null,
    size: file.size,
    upload_time: file.uploadTime.slice(0, 19),
    upload_time_iso_8601: file.uploadTime,
    yanked: file.yanked !== undefined,
    yanked_reason: file.yanked || null,
  };
}
