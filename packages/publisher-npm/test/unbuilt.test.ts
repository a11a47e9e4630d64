import type { FileContent } from '@ameide/publisher-kit/testing';
import { describe, expect, test } from 'vitest';
import { npm } from '../src/npm.ts';
import { listedEntries } from '../src/pack/entry-points.ts';
import { testRun } from './support/publishing.ts';
import { makeRelease } from './support/release.ts';
import { problemsOf } from './support/result.ts';
import { writeFiles } from './support/step.ts';

const UNBUILT = { 'packages/a/README.md': '# a\n', 'packages/a/src/index.ts': '' };

async function opened(
  manifest: object,
  options: {
    readonly files?: Readonly<Record<string, FileContent>>;
    readonly build?: readonly [string, ...string[]];
    readonly allow?: readonly string[];
  } = {},
) {
  const json = { name: '@x/a', version: '0.0.0', ...manifest };
  const { files, ...rest } = options;
  const definition = npm({
    directory: 'packages/a',
    registry: 'http://127.0.0.1:1',
    token: '',
    ...rest,
  });
  return testRun(
    definition,
    { 'packages/a/package.json': json },
    {
      release: makeRelease({ channel: 'release' }),
      prepare: (checkout) => writeFiles(checkout, { ...UNBUILT, ...files }),
    },
  );
}

describe('a package that was not built is refused', () => {
  const scripts = { prepack: 'npm run build' };

  test.each<[string, object, Readonly<Record<string, FileContent>>?]>([
    ['its main is missing', { main: './dist/index.js', files: ['dist'], scripts }],
    ['its browser entry is missing', { browser: './dist/browser.js' }],
    ['nothing of what it lists is there', { files: ['dist', '*.css', '!dist/**/*.map'] }],
    [
      'a script would have made some of it',
      { main: './index.js', files: ['dist', 'index.js'], scripts },
      { 'packages/a/index.js': '' },
    ],
  ])('%s', async (_, manifest, files = {}) => {
    const { tryBuild } = await opened(manifest, { files });
    expect(await tryBuild()).toMatchObject({
      problems: [{ code: 'npm-missing-file', kind: 'incomplete', effect: 'none' }],
    });
  });

  test('and the hint names the script that was not run', async () => {
    const { tryBuild } = await opened({
      files: ['dist'],
      scripts: { ...scripts, prepare: 'husky', test: 'vitest' },
    });
    expect(await tryBuild()).toMatchObject({
      problems: [
        {
          message: 'npm:@x/a@0.1.0 names files that would not be in the package: dist.',
          hint: expect.stringContaining('(the npm scripts prepack and prepare do not run)'),
        },
      ],
    });
  });
});

test('what the hint allows is published without the files', async () => {
  const manifest = { main: './dist/index.js', bin: { a: 'bin/a' } };
  const [problem] = problemsOf(await (await opened(manifest)).tryBuild());
  const [, paths = ''] = /allow: \[(.*)\]\.$/.exec(problem?.hint ?? '') ?? [];
  const allow = [...paths.matchAll(/'([^']*)'/g)].map(([, path = '']) => path);
  expect(allow).toEqual(['packages/a/bin/a', 'packages/a/dist/index.js']);
  expect(await (await opened(manifest, { allow })).tryBuild()).toHaveProperty('value');
});

describe('what is whole is packed', () => {
  const files = { 'packages/a/dist/index.js': '', 'packages/a/lib/a.js': '' };

  test.each<[string, object]>([
    [
      'everything listed is there',
      {
        main: './dist/index.js',
        files: ['./dist/', '/lib/*.js', '!lib/b.js', 'package.json'],
        scripts: { prepare: 'husky' },
      },
    ],
    [
      'a listed file that no script would make is not',
      { main: './dist/index.js', files: ['dist', 'esm'] },
    ],
    [
      'papers that are elsewhere',
      {
        main: './dist/index.js',
        files: ['dist', 'LICENSE.md', './README'],
        scripts: { prepack: 'node build.js' },
      },
    ],
    ['papers alone', { main: 'dist/index.js', files: ['LICENSE'] }],
    ['nothing is listed', { scripts: { prepack: 'node build.js' } }],
  ])('%s', async (_, manifest) => {
    const { tryBuild } = await opened(manifest, { files });
    expect(await tryBuild()).toHaveProperty('value');
  });

  test('a listed file that the option build does not make, although a script is there', async () => {
    const manifest = {
      main: './dist/index.js',
      files: ['dist', 'esm'],
      scripts: { prepack: 'node build.js' },
    };
    const { tryBuild } = await opened(manifest, {
      files,
      build: [process.execPath, '--version'],
    });
    expect(await tryBuild()).toHaveProperty('value');
  });
});

test.each([
  [
    { prepack: 'x', prepare: 'x', prepublishOnly: 'x', build: 'x' },
    undefined,
    [
      "the npm scripts prepublishOnly and prepack and prepare do not run: do their work in the publisher's option build, or in prepare of the release definition",
    ],
  ],
  [{ prepack: 'x' }, ['node', '--version'], []],
  [{ build: 'x', postpack: 'x' }, undefined, []],
] as const)(
  'check says that %j do not run, where the build is %j',
  async (scripts, build, expected) => {
    const { publisher, plan, step, events } = await opened(
      { scripts },
      build === undefined ? {} : { build },
    );
    await publisher.check(plan, step);
    expect(events.map(({ message }) => message)).toEqual(expected);
  },
);

test.each<[string, boolean]>([
  ['dist', true],
  ['dist/', true],
  ['./dist', true],
  ['/dist', true],
  ['dist/*', true],
  ['dist/**/*.js', true],
  ['**/*.js', true],
  ['*', true],
  ['package.json', true],
  ['lib', false],
  ['dis', false],
  ['dist/*.css', false],
])('the entry %j of files matches dist/index.js: %s', (entry, matches) => {
  expect(listedEntries({ files: [entry] }, ['dist/index.js'])).toMatchObject(
    matches ? { unmatched: [] } : { matched: [] },
  );
});

test.each([['.'], ['./'], ['!lib'], ['LICENSE'], ['README.md']])(
  'the entry %j of files is no sign of a missing build',
  (entry) => {
    expect(listedEntries({ files: [entry] }, ['dist/index.js'])).toEqual({
      matched: [],
      unmatched: [],
    });
  },
);
