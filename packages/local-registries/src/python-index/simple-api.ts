import type { SimpleFormat } from './content-type.ts';
import { contentUrlPath, type StoredFile, type StoredProject } from './index-store.ts';
import { normalizeName } from './project-name.ts';
import { compareVersions, parseVersion } from './version.ts';

const API_VERSION = '1.1';

/** `/simple/`: every project (PEP 503, PEP 691). */
export function renderProjects(names: readonly string[], format: SimpleFormat): string {
  if (format === 'json')
    return JSON.stringify({
      meta: { 'api-version': API_VERSION },
      projects: names.map((name) => ({ name })),
    });
  return page(
    'Simple index',
    names.map((name) => `<a href="/simple/${name}/">${name}</a>`),
  );
}

/**
 * `/simple/<name>/`: the files of a project (PEP 503, 592, 658, 691, 700, 714), with URLs relative
 * to the page.
 */
export function renderProject(
  project: StoredProject,
  format: SimpleFormat,
  origin: string,
): string {
  const name = normalizeName(project.name);
  const provenanceOf = (file: StoredFile) => provenanceUrl(name, file, origin);
  if (format === 'html')
    return page(
      `Links for ${name}`,
      project.files.map((file) => anchor(file, provenanceOf(file))),
    );
  return JSON.stringify({
    meta: { 'api-version': API_VERSION },
    name,
    versions: sortedVersions(project),
    files: project.files.map((file) => ({
      filename: file.fileName,
      url: relativeUrl(file),
      hashes: { sha256: file.sha256 },
      size: file.size,
      'upload-time': file.uploadTime,
      'requires-python': file.requiresPython,
      'core-metadata': metadataHash(file),
      'data-dist-info-metadata': metadataHash(file),
      yanked: file.yanked === undefined ? false : file.yanked || true,
      provenance: provenanceOf(file),
    })),
  });
}

/** The versions of a project, oldest first. */
export function sortedVersions(project: StoredProject): string[] {
  const versions = Object.keys(project.releases).flatMap((text) => parseVersion(text) ?? []);
  return versions.sort(compareVersions).map((version) => version.normal);
}

/** The address of a file's attestations, absolute as at pypi.org (PEP 740); null if it has none. */
function provenanceUrl(name: string, file: StoredFile, origin: string): string | null {
  return file.provenance === undefined
    ? null
    : `${origin}/integrity/${name}/${file.version}/${file.fileName}/provenance`;
}

function metadataHash(file: StoredFile): false | { sha256: string } {
  return file.metadataSha256 === undefined ? false : { sha256: file.metadataSha256 };
}

// Relative, so that a client that came through a proxy stays with it.
function relativeUrl(file: StoredFile): string {
  return `../../${contentUrlPath(file)}`;
}

function anchor(file: StoredFile, provenance: string | null): string {
  const attributes = [
    `href="${relativeUrl(file)}#sha256=${file.sha256}"`,
    ...(file.requiresPython === undefined
      ? []
      : [`data-requires-python="${escapeHtml(file.requiresPython)}"`]),
    ...(file.metadataSha256 === undefined
      ? []
      : [
          `data-core-metadata="sha256=${file.metadataSha256}"`,
          `data-dist-info-metadata="sha256=${file.metadataSha256}"`,
        ]),
    ...(file.yanked === undefined ? [] : [`data-yanked="${escapeHtml(file.yanked)}"`]),
    ...(provenance === null ? [] : [`data-provenance="${provenance}"`]),
  ];
  return `<a ${attributes.join(' ')}>${escapeHtml(file.fileName)}</a>`;
}

function page(title: string, links: readonly string[]): string {
  const head = `<meta name="pypi:repository-version" content="${API_VERSION}"><title>${title}</title>`;
  return `<!DOCTYPE html>\n<html>\n<head>${head}</head>\n<body>\n<h1>${title}</h1>\n${links.map((link) => `${link}<br>\n`).join('')}</body>\n</html>\n`;
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
