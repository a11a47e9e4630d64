import { mapPaths } from './archive.ts';
import type { Files, PythonArtifact } from './shape.ts';

const VERSION = '«version»';

/** A wheel or sdist without what the version and the commit change in it. */
export function withoutPythonStamp(
  files: Files,
  { namesOnly = [] }: PythonArtifact,
  version: string,
): Files {
  const unversioned = mapPaths(files, (path) => pathWithoutVersion(path, version));
  return Object.fromEntries(
    Object.entries(unversioned).map(([path, content]) => [
      path,
      namesOnly.some((name) => path.endsWith(name))
        ? 'not compared'
        : contentWithoutStamp(path, content, version),
    ]),
  );
}

function pathWithoutVersion(path: string, version: string): string | undefined {
  // setuptools-scm records what git told it of the version, unless somebody else tells the version.
  if (path.endsWith('.egg-info/scm_version.json')) return undefined;
  const [folder = '', ...rest] = path.split('/');
  const [, name, kind] = /^(.+)-[^-]+\.(dist-info|data)$/.exec(folder) ?? [];
  if (kind !== undefined) return [`${name}.${kind}`, ...rest].join('/');
  // The one folder of an sdist.
  return folder.endsWith(`-${version}`) ? rest.join('/') : path;
}

function contentWithoutStamp(path: string, content: string, version: string): string {
  switch (path.split('/').at(-1) ?? '') {
    case 'RECORD':
      // Digests of the files beside it, which are compared themselves.
      return path.includes('.dist-info/') ? 'not compared' : content;
    case 'METADATA':
    case 'PKG-INFO':
      return content.replace(/^Project-URL: Source Commit, .*\n/m, '').replaceAll(version, VERSION);
    case 'pyproject.toml':
    case 'pyproject.toml.orig':
      return (
        content
          .replace(/^"Source Commit" = .*\n/m, '')
          // Tells hatch-vcs whose version it computes.
          .replace(/^\n\[tool\.hatch\.version\.raw-options\]\ndist_name = .*\n/m, '')
          .replaceAll(version, VERSION)
      );
    case 'Cargo.toml':
      return (
        content
          .replace(/^version(?:\.workspace = true| = ".*")$/gm, `version = "${VERSION}"`)
          // What requires the crate in its workspace.
          .replace(/(\bpath = "[^"]*", version = )"[^"]*"/g, `$1"${VERSION}"`)
      );
    case 'Cargo.lock':
      return content.replaceAll(`"${version}"`, `"${VERSION}"`);
    case 'setup.cfg':
      return content
        .replace(/^[ \t]+Source Commit = .*\n/m, '')
        .replace(/^project_urls = *\n(?![ \t])/m, '')
        .replaceAll(version, VERSION);
    case 'SOURCES.txt':
      return content.replace(/^.*\/scm_version\.json\n/m, '');
    default:
      return content;
  }
}

const STAMPED = new Set(['version', 'gitHead', 'repository']);

/** An npm tarball without what the version and the commit change in it. */
export function withoutNpmStamp(files: Files): Files {
  const inside = mapPaths(files, (path) => path.replace(/^package\//, ''));
  const manifest = JSON.parse(inside['package.json'] ?? '{}') as Record<string, unknown>;
  const kept = Object.keys(manifest)
    .filter((key) => !STAMPED.has(key))
    .sort()
    .map((key) => [key, manifest[key]] as const);
  const text = JSON.stringify(Object.fromEntries(kept), null, 2);
  return { ...inside, 'package.json': text.replaceAll(String(manifest['version']), VERSION) };
}
