import { describe, expect, test } from 'vitest';
import { read } from './installed.ts';
import { definitionOf, type Files, reportOn, repositoryOf } from './repository-of.ts';

describe('many packages of the same kind', () => {
  const names = Array.from({ length: 12 }, (_, index) => `p${index}`);
  const files = (allow: readonly string[]): Files => ({
    VERSION: '2.0.0\n',
    'release.config.json': definitionOf(
      { npm: names },
      {
        versionFile: 'VERSION',
        ...(allow.length === 0 ? {} : { doctor: { allow: { 'version-files-differ': allow } } }),
      },
    ),
    'package.json': { name: 'root', private: true, workspaces: names },
    ...Object.fromEntries(
      names.map((name) => [`${name}/package.json`, { name, version: `1.${name.slice(1)}.0` }]),
    ),
  });

  test('are one finding, and --fix writes all of them', async () => {
    const root = repositoryOf(files([]));
    const { problems } = await reportOn(root);
    expect(problems).toMatchObject([
      {
        message:
          '12 files state another version than the version file, 2.0.0: p0/package.json, p1/package.json, p10/package.json, p11/package.json, p2/package.json, and 7 more.',
        path: 'p0/package.json',
        isFixable: true,
        paths: expect.objectContaining({ length: 12 }),
      },
    ]);
    const { fixed, problems: left } = await reportOn(root, '--fix');
    expect([left, fixed.length]).toEqual([[], 1]);
    for (const name of names) expect(read(root, `${name}/package.json`)).toContain('"2.0.0"');
  });

  test('are allowed each by its path', async () => {
    const { notes, problems } = await reportOn(repositoryOf(files(['p1*', 'p3/package.json'])));
    expect(notes).toEqual([]);
    expect(problems[0]?.message).toMatch(/^8 files .*: p0\/package\.json, p2\/package\.json, p4/);
  });
});

test('what init would not propose to publish is not asked for', async () => {
  const open = (name: string, more: object = {}): object => ({ name, version: '2.0.0', ...more });
  const root = repositoryOf({
    VERSION: '2.0.0\n',
    'release.config.json': definitionOf({ npm: ['a'] }),
    'package.json': { ...open('root'), workspaces: ['*', 'docs/*'] },
    'a/package.json': open('a'),
    'b/package.json': open('b'),
    'scripts/package.json': open('scripts'),
    'docs/site/package.json': open('site'),
    'docs/theme/package.json': open('theme', { publishConfig: { access: 'public' } }),
  });
  expect((await reportOn(root)).problems).toMatchObject([
    { code: 'not-published', path: 'b/package.json' },
    { code: 'not-published', path: 'docs/theme/package.json' },
  ]);
});
