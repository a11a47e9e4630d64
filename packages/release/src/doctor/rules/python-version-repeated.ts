import { pathIn } from '@ameide/versioning-core';
import { whereIs } from '../at-place.ts';
import { type ReleasedFacts, tableAt } from '../facts.ts';
import type { FileReader } from '../file-reader.ts';
import type { Finding, Rule } from '../finding.ts';
import { uvLockFixes } from './locked-versions.ts';
import { isPlaceholder } from './python-version.ts';

const NAME = 'python-version-repeated';

export const PYTHON_VERSION_REPEATED: Rule<ReleasedFacts> = {
  name: NAME,
  title: 'A Python package does not repeat its version in its code.',
  why: 'The release writes the version into the metadata; a literal in the code keeps its old value, and people read that one in bug reports.',
  async find({ reader, release: { definition, published } }) {
    const findings: Finding[] = [];
    for (const { directory, ecosystem, name = '' } of published) {
      if (ecosystem !== 'pypi' || directory === undefined) continue;
      for (const path of modulesOf(directory, reader.paths))
        if (path !== definition.versionFile)
          findings.push(...(await inModule(path, { directory, name }, reader)));
    }
    return findings;
  },
};

/** Where packages keep it: `__init__.py` and its neighbours, in the flat layout and in `src`. */
export function modulesOf(directory: string, paths: readonly string[]): readonly string[] {
  const prefix = pathIn(directory, '');
  return paths.filter(
    (path) =>
      path.startsWith(prefix) &&
      /^(?:src\/)?[^/]+\/(?:__init__|__about__|__version__|_version|version)\.py$/.test(
        path.slice(prefix.length),
      ),
  );
}

export const VERSION_LITERAL: RegExp = /^(__version__\s*(?::\s*\w+\s*)?=\s*)(["'])([^"'\n]*)\2/m;

async function inModule(
  path: string,
  { directory, name }: { readonly directory: string; readonly name: string },
  reader: FileReader,
): Promise<readonly Finding[]> {
  const text = (await reader.text(path)) ?? '';
  const found = VERSION_LITERAL.exec(text);
  const [, before = '', quote = '', version = ''] = found ?? [];
  if (found === null || isPlaceholder(version) || version === '') return [];
  const start = found.index + before.length;
  const isSource = await isVersionSource(path, directory, reader);
  const literal = { start: start + quote.length, end: start + quote.length + version.length };
  return [
    {
      rule: NAME,
      message: `The code repeats the version ${version}.`,
      ...(isSource
        ? {
            hint: 'Write the placeholder 0.0.0: the build reads the version from here, and each release writes it.',
            fix: [
              { path, edits: [{ ...literal, text: '0.0.0' }] },
              // Older versions of uv lock a version that the build computes.
              ...(await uvLockFixes(directory, '0.0.0', reader)),
            ],
          }
        : {
            hint: `Read it from the metadata: from importlib.metadata import version; __version__ = version("${name}")`,
          }),
      ...whereIs(path, text, literal),
    },
  ];
}

/** True if the project's version is read from its code, where a release overwrites it. */
async function isVersionSource(
  path: string,
  directory: string,
  reader: FileReader,
): Promise<boolean> {
  const root = await reader.toml(pathIn(directory, 'pyproject.toml'));
  const { dynamic } = tableAt(root, 'project');
  if (!Array.isArray(dynamic) || !dynamic.includes('version')) return false;
  const { path: file } = tableAt(root, 'tool', 'hatch', 'version');
  const { path: pdm } = tableAt(root, 'tool', 'pdm', 'version');
  const { attr } = tableAt(root, 'tool', 'setuptools', 'dynamic', 'version');
  const named = [file, pdm].some(
    (one) => typeof one === 'string' && pathIn(directory, one) === path,
  );
  const { 'build-backend': backend } = tableAt(root, 'build-system');
  return named || typeof attr === 'string' || backend === 'flit_core.buildapi';
}
