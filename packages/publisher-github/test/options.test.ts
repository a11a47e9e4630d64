import { githubAddresses } from '@ameide/publisher-kit';
import { testStep } from '@ameide/publisher-kit/testing';
import { InvalidInputError } from '@ameide/versioning-core';
import { describe, expect, test } from 'vitest';
import type { GithubPlan } from '../src/index.ts';
import { type GithubOptions, github } from '../src/index.ts';
import { isMarked, markerOf, withMarker } from '../src/marker.ts';
import { partOf } from '../src/notes.ts';
import { createTarget, nameOf } from '../src/parse-options.ts';

const options = (more: object): GithubOptions => ({ repository: 'acme/mono', ...more });

describe('an option', () => {
  test.each([
    ['repository', options({ repository: 'acme' })],
    ['repository', options({ repository: 'https://github.com/acme/mono' })],
    ['repository', options({ repository: 'acme/mono.git' })],
    ['baseUrl', options({ baseUrl: 'http://github.example.com/api/v3' })],
    ['baseUrl', options({ baseUrl: 'https://user:secret@github.example.com' })],
    ['notes', options({ notes: 'own' })],
    ['notes', options({ notes: { changelog: '../CHANGELOG.md' } })],
    ['assets[0].file', options({ assets: [{ file: '/etc/passwd' }] })],
    ['assets[0].name', options({ assets: [{ file: 'a', name: 'a b' }] })],
    ['assets[0].name', options({ assets: [{ folder: 'a', name: 'a.zip' }] })],
    ['assets[0].name', options({ assets: [{ folder: 'a' }] })],
    ['assets[1].name', options({ assets: [{ file: 'a/x' }, { file: 'b/x' }] })],
    ['assets[0].name', options({ assets: [{ file: 'SHA256SUMS' }] })],
    ['assets[0].name', options({ assets: [{ file: 'a', name: 'sha256sums' }] })],
    ['assets[1].name', options({ assets: [{ file: 'a' }, { file: 'b/release-record.json' }] })],
    ['assets[0].goModule', options({ assets: [{ goModule: '../sdk' }] })],
    ['assets[0].name', options({ assets: [{ goModule: 'example.org/sdk', name: 'sdk.tgz' }] })],
    [
      'assets[1].name',
      options({ assets: [{ goModule: 'a.org/sdk' }, { goModule: 'b.org/sdk/v2' }] }),
    ],
    ['latest', options({ latest: 'yes' })],
    ['tokn', options({ tokn: 'x' })],
  ])('that is wrong is named: %s', (field, wrong) => {
    const made = (): unknown => github(wrong);
    expect(made).toThrow(InvalidInputError);
    expect(made).toThrow(expect.objectContaining({ code: 'github-option' }));
    expect(made).toThrow(expect.objectContaining({ message: expect.stringContaining(field) }));
  });

  test('has defaults', () => {
    const target = createTarget(options({ ports: { env: { GH_TOKEN: 'second' } } }));
    expect(target).toMatchObject({ notes: 'generated', isLatestWanted: true, assets: [] });
    expect(target.token()?.reveal()).toBe('second');
    expect(target.takesCommonToken).toBe(true);
    const env = { GITHUB_TOKEN: 'public', GH_ENTERPRISE_TOKEN: 'own' };
    const baseUrl = 'https://github.example.com/api/v3/';
    expect(
      createTarget(options({ baseUrl, ports: { env } }))
        .token()
        ?.reveal(),
    ).toBe('own');
    expect(
      createTarget(options({ ports: { env } }))
        .token()
        ?.reveal(),
    ).toBe('public');
    expect(createTarget(options({ token: '', ports: { env } })).token()).toBeUndefined();
  });

  test('of settings is compared between two plans, and a token is not', () => {
    const { label, settings } = github(options({ token: 'secret', notes: 'changelog' }));
    expect(label).toBe('github(acme/mono)');
    expect(settings).toEqual({ repository: 'acme/mono', notes: 'changelog' });
  });
});

test('the zip of a Go module has the last part of its path as its name', () => {
  expect(nameOf({ goModule: 'github.com/acme/sdk-go' })).toBe('sdk-go-{version}.zip');
  expect(nameOf({ goModule: 'github.com/acme/sdk-go/v2' })).toBe('sdk-go-{version}.zip');
  expect(nameOf({ goModule: 'gopkg.in/acme.v2', name: 'acme.zip' })).toBe('acme.zip');
});

test('the addresses follow from the API’s', () => {
  expect(githubAddresses()).toEqual({
    apiUrl: 'https://api.github.com',
    uploadsUrl: 'https://uploads.github.com',
    webUrl: 'https://github.com',
  });
  expect(githubAddresses('https://github.example.com/api/v3/')).toEqual({
    apiUrl: 'https://github.example.com/api/v3',
    uploadsUrl: 'https://github.example.com/api/uploads',
    webUrl: 'https://github.example.com',
  });
  expect(githubAddresses('https://api.acme.ghe.com')).toEqual({
    apiUrl: 'https://api.acme.ghe.com',
    uploadsUrl: 'https://uploads.acme.ghe.com',
    webUrl: 'https://acme.ghe.com',
  });
});

describe('notes', () => {
  const changelog = [
    '# Changes',
    '## [1.1.0-rc.1] - 2025-12-01',
    'Candidate',
    '## 1.1.0',
    '### Added',
    '- a thing',
    '```md',
    '## 1.0.0',
    '```',
    '## [1.0.0] - 2025-11-13',
    '## v0.9.0 (2025-11-01)',
    'Nine',
    '# 10.9.0',
    'Ten',
  ].join('\n');

  test.each([
    ['1.1.0', '### Added\n- a thing\n```md\n## 1.0.0\n```'],
    ['1.1.0-rc.1', 'Candidate'],
    ['1.0.0', ''],
    ['0.9.0', 'Nine'],
    ['10.9.0', 'Ten'],
    ['9.0.0', undefined],
    ['1.1', undefined],
  ])('of %s are those below its heading', (version, expected) => {
    expect(partOf(changelog, version)).toBe(expected);
  });

  test('end with our mark, however long they are', () => {
    const sha = 'a'.repeat(40);
    expect(withMarker('', sha)).toBe(markerOf(sha));
    const long = withMarker('x'.repeat(200_000), sha);
    expect(long.length).toBeLessThanOrEqual(125_000);
    expect(isMarked(long, sha)).toBe(true);
    expect(isMarked(long, 'b'.repeat(40))).toBe(false);
    expect(isMarked(null, sha)).toBe(false);
  });
});

describe('validate', () => {
  const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 3\n`;
  const files = {
    LICENSE: 'text',
    empty: '',
    'big.bin': pointer,
    'CHANGELOG.md': '## 1.0.0\n\nFirst\n',
    'conf/.env': 'TOKEN=1',
    'conf/a': 'a',
    'conf/up': { link: '../LICENSE' },
    'conf/here': { link: './a' },
  };
  const plan = (assets: GithubPlan['assets']): GithubPlan => ({
    publisher: 'github:acme/mono',
    registry: 'https://github.com',
    repository: 'acme/mono',
    sha: 'a'.repeat(40),
    coordinates: [],
    pointers: [],
    tag: 'v1.0.0',
    tagPrefix: 'v',
    version: '1.0.0',
    isPrerelease: false,
    assets,
  });
  const problems = async (
    assets: readonly { readonly kind: 'file' | 'folder'; readonly path: string }[],
    more: object = {},
  ) => {
    using step = testStep({ files });
    const publisher = await github(options(more)).open(step.source);
    const planned = assets.map((one) => ({ name: 'x', part: 'x', ...one }));
    const found = (await publisher.validate?.(plan(planned), step)) ?? [];
    return found.map(({ code, kind, path }) => `${code} ${kind} ${path}`).toSorted();
  };

  test('accepts files that can be published', async () => {
    expect(await problems([{ kind: 'file', path: 'LICENSE' }], { notes: 'changelog' })).toEqual([]);
  });

  test.each([
    ['none', 'file', 'github-no-file input none'],
    ['none', 'folder', 'github-no-file input none'],
    ['empty', 'file', 'github-unusable-file input empty'],
    ['conf/up', 'file', 'github-unusable-file input conf/up'],
    ['big.bin', 'file', 'github-lfs-pointer input big.bin'],
  ] as const)('refuses %s as a %s', async (path, kind, expected) => {
    expect(await problems([{ kind, path }])).toContain(expected);
  });

  test('refuses what a folder should not have, unless it is allowed', async () => {
    const folder = [{ kind: 'folder', path: 'conf' }] as const;
    expect(await problems(folder)).toEqual([
      'github-unusable-file input conf/up',
      'secret-file input conf/.env',
    ]);
    expect(await problems(folder, { allow: ['conf/up', 'conf/.env'] })).toEqual([]);
  });

  test('refuses a changelog without the version', async () => {
    expect(await problems([], { notes: { changelog: 'LICENSE' } })).toEqual([
      'github-no-notes input LICENSE',
    ]);
    expect(await problems([], { notes: { changelog: 'none.md' } })).toEqual([
      'github-no-notes input none.md',
    ]);
  });
});
