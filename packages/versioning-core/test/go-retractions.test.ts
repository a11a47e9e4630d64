import { describe, expect, test } from 'vitest';
import { canonical, classifyRef, deriveVersions } from '../src/index.ts';
import {
  type GoModuleLocation,
  goModulePath,
  goRetractions,
  listGoVersions,
  retractingTag,
} from '../src/versions/go/index.ts';
import { parseGoModSyntax } from '../src/versions/go/mod.ts';

const SDK = 'github.com/ameideio/sdk';
const SHA = '71e210beab37b68546d56dceccba18f09264ecc3';
const STAMP = '20251113153211-71e210beab37';
const goMod = (module: string, retract = ''): string =>
  `module ${module}\n\ngo 1.21\n\n${retract}\n`;

describe('a retracted version', () => {
  const version = (
    retracted: readonly (readonly [string, string])[],
    tags: readonly string[],
    here: readonly string[] = [],
  ): string =>
    deriveVersions(
      canonical({ base: '0.1.0', sha: SHA, datetime: '20251113153211' }),
      { kind: 'dev' },
      { tags: [...tags, ...here], tagsAtCommit: here },
      {
        afterRelease: 'keep',
        go: { modulePath: SDK, retracted: retracted.map(([low, high]) => ({ low, high })) },
      },
    ).go.version;

  test.each<[string, Parameters<typeof version>, string]>([
    ['is no base', [[['v0.2.0', 'v0.2.0']], ['v0.1.0', 'v0.2.0']], `v0.1.1-0.${STAMP}`],
    [
      'leaves the others alone',
      [[['v0.1.0', 'v0.1.0']], ['v0.1.0', 'v0.2.0']],
      `v0.2.1-0.${STAMP}`,
    ],
    [
      'is not the commit’s own version',
      [[['v0.2.0', 'v0.2.0']], ['v0.1.0'], ['v0.2.0']],
      `v0.1.1-0.${STAMP}`,
    ],
    [
      'leaves the commit its lower one',
      [[['v0.2.0', 'v0.2.0']], [], ['v0.1.0', 'v0.2.0']],
      'v0.1.0',
    ],
    ['may be the only one', [[['v0.1.0', 'v0.1.0']], ['v0.1.0']], `v0.0.0-${STAMP}`],
    [
      'is in an interval, ends included',
      [[['v0.1.0-rc.1', 'v0.2.0']], ['v0.0.9', 'v0.1.0-rc.1', 'v0.2.0']],
      `v0.0.10-0.${STAMP}`,
    ],
    [
      'is in one of many',
      [
        [
          ['v0.0.1', 'v0.0.2'],
          ['v0.2.0', 'v0.2.0'],
        ],
        ['v0.0.2', 'v0.2.0'],
      ],
      `v0.0.0-${STAMP}`,
    ],
    [
      'is a candidate',
      [[['v0.2.0-rc.1', 'v0.2.0-rc.9']], ['v0.1.0', 'v0.2.0-rc.2']],
      `v0.1.1-0.${STAMP}`,
    ],
    [
      'has build metadata',
      [[['v0.1.5', 'v0.1.5']], ['v0.1.0', 'v0.1.5+build.7']],
      `v0.1.1-0.${STAMP}`,
    ],
    ['is named in short', [[['v0', 'v0.2']], ['v0.1.0', 'v0.2.1']], `v0.2.2-0.${STAMP}`],
    ['is below what is no version', [[['start', 'v0.1.0']], ['v0.1.0']], `v0.0.0-${STAMP}`],
    ['is never above it', [[['v0.1.0', 'end']], ['v0.1.0']], `v0.1.1-0.${STAMP}`],
  ])('%s', (_, given, expected) => expect(version(...given)).toBe(expected));

  test('is still the version of its own release', () => {
    const tuple = canonical({ base: '0.2.0', sha: SHA, datetime: 0 });
    const go = { modulePath: SDK, retracted: [{ low: 'v0.0.0', high: 'v9.0.0' }] };
    expect(
      deriveVersions(tuple, classifyRef('refs/tags/v0.2.0'), { tags: ['v0.2.0'] }, { go }).go
        .version,
    ).toBe('v0.2.0');
  });
});

describe('the tag that says what is retracted', () => {
  test.each<[string, readonly string[], Partial<GoModuleLocation>, string | undefined]>([
    ['none', ['nightly', 'v1', 'v0.1', 'nested/v0.1.0', 'v2.0.0'], {}, undefined],
    [
      'the highest release, by number',
      ['v0.9.0', 'v0.10.0', 'v0.11.0-rc.1', 'v2.0.0'],
      {},
      'v0.10.0',
    ],
    ['without a release the highest', ['v0.1.0-rc.9', 'v0.1.0-rc.10'], {}, 'v0.1.0-rc.10'],
    ['not one with build metadata', ['v0.1.0', 'v0.2.0+build.7'], {}, 'v0.1.0'],
    [
      'not one like a pseudo-version',
      ['v0.1.0', 'v0.3.0-0.20200101000000-abcdef123456'],
      {},
      'v0.1.0',
    ],
    [
      'in a sub-directory',
      ['v0.9.0', 'sdk/go/v0.1.0'],
      { modulePath: `${SDK}/sdk/go`, directory: 'sdk/go' },
      'sdk/go/v0.1.0',
    ],
    [
      'of its own major version',
      ['v1.9.0', 'v2.1.0', 'v3.0.0'],
      { modulePath: `${SDK}/v2` },
      'v2.1.0',
    ],
    ['gopkg.in unstable', ['v2.0.0'], { modulePath: 'gopkg.in/sdk.v2-unstable' }, undefined],
  ])('%s', (_, tags, module, expected) =>
    expect(retractingTag(tags, { modulePath: SDK, ...module })?.tag).toBe(expected),
  );

  test('and where its go.mod is', () => {
    const paths = (
      modulePath: string,
      tag: string,
      directory?: string,
    ): readonly string[] | undefined =>
      retractingTag([tag], { modulePath, ...(directory === undefined ? {} : { directory }) })
        ?.paths;
    expect(paths(SDK, 'v1.0.0')).toEqual(['go.mod']);
    expect(paths(`${SDK}/sdk`, 'sdk/v1.0.0', 'sdk')).toEqual(['sdk/go.mod']);
    for (const directory of [undefined, 'v2'])
      expect(paths(`${SDK}/v2`, 'v2.0.0', directory)).toEqual(['go.mod', 'v2/go.mod']);
    expect(paths(`${SDK}/sdk/v2`, 'sdk/v2.0.0', 'sdk/v2')).toEqual(['sdk/go.mod', 'sdk/v2/go.mod']);
    expect(paths('gopkg.in/sdk.v2', 'v2.0.0')).toEqual(['go.mod']);
  });
});

test('of two go.mod files the one that claims the major version counts', () => {
  const path = `${SDK}/v2`;
  const [one, two] = [goMod(path, 'retract v2.0.1'), goMod(path, 'retract v2.0.2')];
  const v1 = goMod(SDK, 'retract v1.0.1');
  const read = (...texts: (string | undefined)[]): string =>
    goRetractions(texts, path)
      .map(({ low }) => low)
      .join();
  expect([
    read(one, undefined),
    read(undefined, two),
    read(v1, two),
    read(one, two),
    read(one, v1),
    read(v1, undefined),
  ]).toEqual(['v2.0.1', 'v2.0.2', 'v2.0.2', '', '', '']);
});

test('a go.mod is read by its directives', () => {
  const text =
    'module "a.b/c" // c\r\n\nretract ( // why\n\tv1.0.0\n\n\t[v1.1.0,v1.2.0]\n)\nrequire ()\n';
  expect(parseGoModSyntax(text).directives).toEqual([
    { line: 1, verb: 'module', args: ['"a.b/c"'] },
    { line: 4, verb: 'retract', args: ['v1.0.0'] },
    { line: 6, verb: 'retract', args: ['[', 'v1.1.0', ',', 'v1.2.0', ']'] },
  ]);
  expect(goModulePath(text)).toBe('a.b/c');
  expect(goModulePath('module (\n\ta.b/c\n)\n')).toBe('a.b/c');
  expect(goModulePath('require (\nmodule a.b/c // c\n')).toBe('a.b/c');
  expect(goModulePath('// module a.b/c\n')).toBeUndefined();
  for (const broken of ['retract (', 'a (\n) b', '/* a */', 'a "b', '\uFEFFmodule a.b/c'])
    expect(parseGoModSyntax(broken).error).toMatchObject({ line: expect.any(Number) as number });
});

describe('the versions of a module', () => {
  const tags = [
    'v0.9.0',
    'v0.10.0',
    'v0.10.0-rc.1',
    'v0.10.1+meta',
    `v0.0.0-${STAMP}`,
    'v2.0.0',
    'v1',
  ];

  test('are its tags without build metadata, the highest first', () => {
    expect(listGoVersions(tags, { modulePath: SDK })).toEqual([
      'v0.10.0',
      'v0.10.0-rc.1',
      'v0.9.0',
    ]);
    expect(listGoVersions(tags, { modulePath: `${SDK}/v2` })).toEqual(['v2.0.0']);
  });

  test('are not the retracted ones', () => {
    const retracted = [{ low: 'v0.10.0-rc.1', high: 'v0.10.0' }];
    expect(listGoVersions(tags, { modulePath: SDK, retracted })).toEqual(['v0.9.0']);
  });

  test('have the prefix of its folder in their tags', () => {
    const below = ['sdk/v0.1.0', 'v0.2.0', 'sdk/go/v0.3.0'];
    const module = { modulePath: `${SDK}/sdk`, directory: 'sdk' };
    expect(listGoVersions(below, module)).toEqual(['v0.1.0']);
  });
});
