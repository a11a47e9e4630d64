import { mapPaths } from './archive.ts';
import type { Files, NpmArtifact, PythonArtifact } from './shape.ts';

const VERSION = '«version»';

/** A wheel or sdist without what the version and the commit change in it. */
export function withoutPythonStamp(
  files: Files,
  artifact: PythonArtifact,
  version: string,
): Files {
  const named = mapPaths(files, (path) => {
    const moved = path.replace(/^([^/]+)-[^-/]+\.(dist-info|data)\//, '$1.$2/');
    // The root folder of an sdist is named after the version.
    const inside = moved === path && path.includes(`-${version}/`) ? path.replace(/^[^/]+\//, '') : moved;
    // setuptools-scm records what git told it of the version, unless somebody else tells the version.
    return inside.endsWith('.egg-info/scm_version.json') ? undefined : inside;
  });
  const { namesOnly = [] } = artifact;
  return Object.fromEntries(
    Object.entries(named).map(([path, content]) => {
      if (namesOnly.some((name) => path.endsWith(name))) return [path, 'only its name is compared'];
      return [path, withoutStampedLines(path, content).replaceAll(version, VERSION)];
    }),
  );
}

function withoutStampedLines(path: string, content: string): string {
  // It lists the digests of the files beside it, which are compared themselves.
  if (path.endsWith('.dist-info/RECORD')) return 'not compared';
  if (/(?:^|\/)(?:METADATA|PKG-INFO)$/.test(path)) return content.replace(/^Project-URL: Source Commit, .*\n/m, '');
  if (/(?:^|\/)pyproject\.toml$/.test(path)) return content.replace(/^"?Source Commit"? = .*\n/m, '');
  return content;
}

/** Left out by `pnpm pack`, and by us for every package: nobody who installs it runs them. */
const NOT_INSTALLED = ['scripts', 'packageManager', 'pnpm'];

/** An npm tarball without what the version, the commit and the manifest's form change in it. */
export function withoutNpmStamp(files: Files, { tool }: NpmArtifact): Files {
  const inside = mapPaths(files, (path) => path.replace(/^package\//, ''));
  const manifest = JSON.parse(inside['package.json'] ?? '{}') as Record<string, unknown>;
  const ignored = new Set(['version', 'gitHead', 'repository', ...(tool === 'pnpm' ? [] : NOT_INSTALLED)]);
  const kept = Object.entries(manifest).filter(([key]) => !ignored.has(key)).sort(([a], [b]) => (a < b ? -1 : 1));
  return { ...inside, 'package.json': JSON.stringify(Object.fromEntries(kept), null, 2) };
}
