import { InvalidInputError } from '@ameide/versioning-core';
import { parse } from 'smol-toml';
import { describe, expect, test } from 'vitest';
import { stamp } from '../src/project/stamp.ts';

const version = '0.1.0.dev20251113153211';
const sourceCommit =
  'https://github.com/ameideio/ameide/commit/71e210beab37b68546d56dceccba18f09264ecc3';
const put = (text: string): string =>
  stamp(
    text,
    {
      version,
      sourceCommit,
      versionSource: { kind: 'field', path: ['project', 'version'] },
      urlTable: ['project', 'urls'],
    },
    'pyproject.toml',
  );

// Each `@` is where the version stands, each `^` where the URL does, in the result; the rest of the
// bytes is the author's own.
const VECTORS: readonly (readonly [title: string, before: string, after: string])[] = [
  [
    'a comment and single quotes stay',
    "# top\n[project]\nname = 'é'   # n\nversion = '0.0.0'  # stamped by the release\n\n[project.urls] # links\nHome = 'https://x' # h\n\n[tool.y]\nz = 1\n",
    "# top\n[project]\nname = 'é'   # n\nversion = '@'  # stamped by the release\n\n[project.urls] # links\nHome = 'https://x' # h\n\"Source Commit\" = \"^\"\n\n[tool.y]\nz = 1\n",
  ],
  [
    'no urls',
    '[project]\nname = "a"\nversion = "0.0.0"\n',
    '[project]\nname = "a"\nversion = "@"\n\n[project.urls]\n"Source Commit" = "^"\n',
  ],
  [
    'no urls, no last newline',
    '[project]\nversion = "0.0.0"',
    '[project]\nversion = "@"\n\n[project.urls]\n"Source Commit" = "^"\n',
  ],
  [
    'CRLF',
    '[project]\r\nversion = "0.0.0"\r\n[project.urls]\r\nA = "b"\r\n',
    '[project]\r\nversion = "@"\r\n[project.urls]\r\nA = "b"\r\n"Source Commit" = "^"\r\n',
  ],
  [
    'an empty table',
    '[project.urls]\n[project]\nversion = "0.0.0"\n',
    '[project.urls]\n"Source Commit" = "^"\n[project]\nversion = "@"\n',
  ],
  [
    'an inline table',
    '[project]\nurls = { A = "b" } # c\nversion = """0.0.0"""\n',
    '[project]\nurls = { A = "b", "Source Commit" = "^" } # c\nversion = "@"\n',
  ],
  [
    'an empty inline table',
    '[project]\nversion = "0.0.0"\nurls = {}\n',
    '[project]\nversion = "@"\nurls = { "Source Commit" = "^" }\n',
  ],
  [
    'dotted keys',
    '[project]\nversion = "0.0.0"\n"urls".A = "b" # c\nname = "x"\n',
    '[project]\nversion = "@"\n"urls".A = "b" # c\n"urls"."Source Commit" = "^"\nname = "x"\n',
  ],
  [
    'keys from the root',
    'project.version = "0.0.0"\nproject.urls.A = "b"\n',
    'project.version = "@"\nproject.urls.A = "b"\nproject.urls."Source Commit" = "^"\n',
  ],
  [
    'an inline project',
    'project = { name = "a", version = "0.0.0" }\n',
    'project = { name = "a", version = "@", urls."Source Commit" = "^" }\n',
  ],
  [
    'dotted in inline',
    'project = { version = "0.0.0", urls.A = "b" }\n',
    'project = { version = "@", urls.A = "b", urls."Source Commit" = "^" }\n',
  ],
  [
    'replaced, whatever its spelling',
    '[project]\nversion = "9"\n[project.urls]\nsource-commit = \'old\' # k\n',
    '[project]\nversion = "@"\n[project.urls]\nsource-commit = \'^\' # k\n',
  ],
  [
    'another table has a version',
    '[tool.x]\nversion = "0.0.0"\n[project]\nversion = "0.0.0"\n[project.urls]\n"Source Commit" = ""\n',
    '[tool.x]\nversion = "0.0.0"\n[project]\nversion = "@"\n[project.urls]\n"Source Commit" = "^"\n',
  ],
];

describe('stamping a pyproject.toml', () => {
  test.each(VECTORS)('%s', (_title, before, after) => {
    expect(put(before)).toBe(after.replaceAll('@', version).replaceAll('^', sourceCommit));
  });

  test.each(VECTORS)('stamping twice changes nothing more: %s', (_title, before) => {
    expect(put(put(before))).toBe(put(before));
  });

  test('a quote in a value cannot leave its string', () => {
    const hostile = 'https://x/\'"\\/commit/1';
    const stamped = stamp(
      "[project]\nversion = '0.0.0'\nurls = { 'Source Commit' = 'x' }\n",
      {
        version,
        sourceCommit: hostile,
        versionSource: { kind: 'field', path: ['project', 'version'] },
        urlTable: ['project', 'urls'],
      },
      'f',
    );
    expect(parse(stamped)).toEqual({ project: { version, urls: { 'Source Commit': hostile } } });
  });

  test.each([
    ['no version', '[project]\nname = "a"\n'],
    ['no TOML', '[project\n'],
    ['a duplicate key', '[project]\nversion = "0"\nversion = "1"\n'],
    ['TOML 1.1, which Python does not read', '[project]\nversion = "0"\nurls = { A = "b", }\n'],
  ])('%s is an input error', (_title, text) => {
    expect(() => put(text)).toThrow(InvalidInputError);
  });
});

describe('stamping Poetry’s own table', () => {
  const table = ['tool', 'poetry'];
  const values = {
    version,
    sourceCommit,
    versionSource: { kind: 'field', path: [...table, 'version'] },
    urlTable: [...table, 'urls'],
  } as const;

  test.each([
    [
      'no urls',
      "[tool.poetry]\nversion = '0.0.0' # c\n[tool.poetry.dependencies]\nurls = '*'\n",
      '[tool.poetry]\nversion = \'@\' # c\n[tool.poetry.dependencies]\nurls = \'*\'\n\n[tool.poetry.urls]\n"Source Commit" = "^"\n',
    ],
    [
      'a table',
      '[tool.poetry]\nversion = "0.0.0"\n[tool.poetry.urls]\nBugs = "b"\n[tool.x]\n',
      '[tool.poetry]\nversion = "@"\n[tool.poetry.urls]\nBugs = "b"\n"Source Commit" = "^"\n[tool.x]\n',
    ],
    [
      'dotted keys',
      '[tool.poetry]\nversion = "0.0.0"\nurls.Bugs = "b"\n',
      '[tool.poetry]\nversion = "@"\nurls.Bugs = "b"\nurls."Source Commit" = "^"\n',
    ],
    [
      'dotted keys from above',
      '[tool]\npoetry.version = "0.0.0"\npoetry.urls.Bugs = "b"\n',
      '[tool]\npoetry.version = "@"\npoetry.urls.Bugs = "b"\npoetry.urls."Source Commit" = "^"\n',
    ],
    [
      'an inline table',
      '[tool]\npoetry = { version = "0.0.0", urls = { Bugs = "b" } }\n',
      '[tool]\npoetry = { version = "@", urls = { Bugs = "b", "Source Commit" = "^" } }\n',
    ],
  ])('%s', (_title, before, after) => {
    const wanted = after.replace('@', version).replace('^', sourceCommit);
    expect(stamp(before, values, 'pyproject.toml')).toBe(wanted);
    expect(stamp(wanted, values, 'pyproject.toml')).toBe(wanted);
  });
});
