import { pathIn } from '@ameide/versioning-core';
import { whereIs } from '../at-place.ts';
import type { ReleasedFacts } from '../facts.ts';
import type { FileReader } from '../file-reader.ts';
import type { Finding, Rule } from '../finding.ts';
import { uvLockFixes } from './locked-versions.ts';
import { stringsIn } from './python-strings.ts';
import { isPlaceholder } from './python-version.ts';
import { moduleName, versionSourceOf } from './python-version-source.ts';

const NAME = 'python-version-repeated';

export const PYTHON_VERSION_REPEATED: Rule<ReleasedFacts> = {
  name: NAME,
  title: 'A Python package does not repeat its version in its code.',
  why: 'The release writes the version into the metadata; a literal in the code keeps its old value, and people read that one in bug reports.',
  async find({ reader, release: { definition, published } }) {
    const findings: Finding[] = [];
    for (const { directory, ecosystem, name = '' } of published) {
      if (ecosystem !== 'pypi' || directory === undefined) continue;
      const source = await versionSourceOf(directory, name, reader);
      for (const path of modulesOf(directory, { name, source }, reader.paths))
        if (path !== definition.versionFile)
          findings.push(
            ...(await inModule(path, { directory, name, isSource: path === source }, reader)),
          );
    }
    return findings;
  },
};

/**
 * Where packages keep it: `__init__.py` and its neighbours, in the flat layout and in `src`. Only in the
 * module that is named as the project, if there is one: others may be vendored, with versions of their own.
 */
export function modulesOf(
  directory: string,
  { name, source }: { readonly name: string; readonly source?: string | undefined },
  paths: readonly string[],
): readonly string[] {
  const prefix = pathIn(directory, '');
  const all = paths.flatMap((path) => {
    const found = path.startsWith(prefix) ? MODULE.exec(path.slice(prefix.length)) : null;
    return found === null ? [] : [{ path, module: found[1] ?? '' }];
  });
  const own = all.filter(
    ({ module, path }) => path === source || moduleName(module) === moduleName(name),
  );
  return (own.length > 0 ? own : all).map(({ path }) => path);
}

const MODULE = /^(?:src\/)?([^/]+)\/(?:__init__|__about__|__version__|_version|version)\.py$/;

const LITERAL = /^(__version__[^\S\n]*(?::[^\S\n]*\w+[^\S\n]*)?=[^\S\n]*)(["'])([^"'\n]*)\2/gm;

/** Every literal of a version, and the first that is in no other string; its third group is the version. */
export function versionLiterals(text: string): {
  readonly all: readonly RegExpExecArray[];
  readonly found: RegExpExecArray | undefined;
} {
  const all = [...text.matchAll(LITERAL)];
  const inStrings = stringsIn(text);
  const found = all.find(
    ({ index }) => !inStrings.some(({ end, start }) => index > start && index < end),
  );
  return { all, found };
}

async function inModule(
  path: string,
  {
    directory,
    isSource,
    name,
  }: { readonly directory: string; readonly isSource: boolean; readonly name: string },
  reader: FileReader,
): Promise<readonly Finding[]> {
  const text = (await reader.text(path)) ?? '';
  const { all, found } = versionLiterals(text);
  const [, before = '', quote = '', version = ''] = found ?? [];
  if (found === undefined || isPlaceholder(version) || version === '') return [];
  const start = found.index + before.length;
  const literal = { start: start + quote.length, end: start + quote.length + version.length };
  return [
    {
      rule: NAME,
      message: `The code repeats the version ${version}.`,
      // Of several, we do not know which one the build takes.
      ...(isSource && all.length === 1
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
