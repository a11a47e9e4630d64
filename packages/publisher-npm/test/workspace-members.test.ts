import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { needs } from '@ameide/local-registries/components';
import { literalSource, writeInto } from '@ameide/publisher-kit/testing';
import { openWorkspace } from '@ameide/source-files/npm';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { temporaryFolder } from './pack/packing.ts';
import { run } from './support/client.ts';

/** Folders with a package.json; its `name` is the folder's place in the list. */
const FOLDERS = [
  'apps/web',
  'docs',
  'libs',
  'libs/deep/a',
  'packages/.a',
  'packages/.git/n',
  'packages/.yarn/n',
  'packages/[c]',
  'packages/a',
  'packages/a.b',
  'packages/a/b',
  'packages/a/bower_components/n',
  'packages/a/node_modules/n',
  'packages/a/test/fixture',
  'packages/b',
  'packages/b/node_modules',
  'packages/b/x',
  'packages/test',
];

const PATTERNS: readonly (readonly string[])[] = [
  ['packages/*'],
  ['./packages/*'],
  ['././packages/*'],
  ['packages/*/'],
  ['packages//*'],
  ['/packages/*'],
  ['packages/a'],
  ['packages/a/package.json'],
  ['packages/**'],
  ['packages/*/**'],
  ['libs/**'],
  ['**'],
  ['*'],
  ['.'],
  ['packages/a/**'],
  ['packages/{a,b}'],
  ['packages/{a,b}/**'],
  ['packages/a*/**'],
  ['packages/*/*'],
  ['**/a'],
  ['**/test/**'],
  ['packages/**/'],
  ['packages/**', '!packages/a/*'],
  ['packages/**', '!**/a'],
  ['packages/**', '!**/[ab]/'],
  ['packages/**', '!packages/a*'],
  ['packages/*', '!packages/*'],
  ['packages/**', '!/packages/a'],
  ['{apps,packages}/*'],
  ['packages/?'],
  ['packages/[ab]'],
  ['packages/[!a]'],
  ['packages/\\[c\\]'],
  ['packages/@(a|b)'],
  ['packages/+([a-z])'],
  ['packages/!(a)'],
  ['packages/.*'],
  ['packages/*.b'],
  ['Packages/*'],
  ['packages/**', '!packages/a'],
  ['packages/**', '!packages/a/**'],
  ['packages/**', '!**/test/**'],
  ['packages/**', '!./packages/a'],
  ['packages/**', '!packages/a/'],
  ['packages/**', '!a'],
  ['packages/*', '!packages/a', 'packages/a'],
  ['!packages/a', 'packages/*'],
  ['!!packages/*'],
  ['packages/**', '!packages/*', 'packages/a/**'],
  ['packages/*', '!packages/{a,b}'],
  ['packages/*', '!**'],
  ['**', '!packages'],
  ['../packages/*'],
  ['packages/../apps/*'],
  [],
];

interface Tool {
  /** What makes the root a workspace with these patterns. */
  readonly settings: (patterns: readonly string[]) => Readonly<Record<string, string | object>>;
  readonly argv: readonly [string, ...string[]];
  /** The names in its output, or in a file that it writes into the root. */
  readonly names: (stdout: string, root: string) => readonly string[];
  /** What it says of patterns that it refuses, or that name nothing. */
  readonly none: RegExp;
}

const ROOT = { name: 'root', version: '1.0.0', private: true };

const TOOLS: Readonly<Record<'npm' | 'pnpm' | 'yarn' | 'bun', Tool>> = {
  npm: {
    settings: (workspaces) => ({ 'package.json': { ...ROOT, workspaces } }),
    argv: ['npm', 'pkg', 'get', 'name', '--workspaces'],
    names: (stdout) => Object.keys(JSON.parse(stdout) as object),
    none: /No workspaces found/,
  },
  pnpm: {
    settings: (patterns) => ({
      'package.json': ROOT,
      'pnpm-workspace.yaml': `packages: ${JSON.stringify(patterns)}\n`,
    }),
    argv: ['pnpm', 'list', '--recursive', '--depth=-1', '--json'],
    names: (stdout) => (JSON.parse(stdout) as { name: string }[]).map(({ name }) => name),
    none: /INVALID_GLOB/,
  },
  yarn: {
    settings: (workspaces) => ({ 'package.json': { ...ROOT, workspaces }, 'yarn.lock': '' }),
    argv: ['yarn', 'workspaces', 'list', '--json'],
    names: (stdout) =>
      stdout
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { name: string }).name),
    none: /^$/,
  },
  bun: {
    settings: (workspaces) => ({
      'package.json': { ...ROOT, workspaces, packageManager: 'bun@1.4.5' },
    }),
    argv: ['bun', 'install'],
    names: (_, root) => {
      const lockfile = join(root, 'bun.lock');
      if (!existsSync(lockfile)) return [];
      const { workspaces } = parse(readFileSync(lockfile, 'utf8')) as {
        readonly workspaces: Readonly<Record<string, { readonly name: string }>>;
      };
      return Object.values(workspaces).map(({ name }) => name);
    },
    none: /Workspace not found|ENOTDIR|Failed to run workspace/,
  },
};

for (const tool of ['npm', 'pnpm', 'yarn', 'bun'] as const) {
  needs(tool)(`the packages of a workspace are those that ${tool} lists`, () => {
    test.concurrent.for(patternsFor(tool))('%j', async ([patterns], { onTestFinished }) => {
      const home = temporaryFolder();
      onTestFinished(home.remove);
      const files = {
        ...TOOLS[tool].settings(patterns),
        ...Object.fromEntries(
          FOLDERS.map((folder) => [`${folder}/package.json`, manifest(folder)]),
        ),
      };
      for (const [path, content] of Object.entries(files)) writeInto(home.path, path, content);
      const theirs = await listed(TOOLS[tool], home.path);
      if (theirs === undefined) return;
      const workspace = await openWorkspace(literalSource(files), '');
      expect(FOLDERS.filter((folder) => workspace.isMember(folder))).toEqual(theirs);
    });
  });
}

/** Yarn's `!(…)` names hidden folders, too; we leave them out, as everywhere. */
function patternsFor(tool: keyof typeof TOOLS): readonly (readonly [readonly string[]])[] {
  const isKnown = (patterns: readonly string[]): boolean =>
    tool === 'yarn' && patterns.includes('packages/!(a)');
  return PATTERNS.filter((patterns) => !isKnown(patterns)).map((patterns) => [patterns]);
}

function manifest(folder: string): object {
  return { name: `p${FOLDERS.indexOf(folder)}`, version: '1.0.0' };
}

/** The folders that the tool names; undefined if it refuses the patterns. */
async function listed(
  { argv, names, none }: Tool,
  root: string,
): Promise<readonly string[] | undefined> {
  try {
    const stdout = await run(argv, root, { HOME: root, YARN_ENABLE_TELEMETRY: '0' });
    const found = new Set(names(stdout, root));
    return FOLDERS.filter((_, index) => found.has(`p${index}`));
  } catch (error) {
    expect(String(error)).toMatch(none);
    return none === TOOLS.npm.none ? [] : undefined;
  }
}
