import { execFileSync } from 'node:child_process';
import { needs } from '@ameide/local-registries/components';
import { readSetupCfg } from '@ameide/source-files/setuptools';
import { describe, expect, test } from 'vitest';
import { stampSetupCfg } from '../src/project/stamp-setup-cfg.ts';

const version = '0.1.0.dev20251113153211';
const sourceCommit = 'https://github.com/acme/mono/commit/71e210beab37b68546d56dceccba18f09264ecc3';
const put = (text: string): string =>
  stampSetupCfg(text, { sourceCommit, version }, 'sdk/setup.cfg');

// Each `@` is where the version is in the result, each `^` where the URL is; the rest of the bytes
// is the author's own.
const VECTORS: readonly (readonly [title: string, before: string, after: string])[] = [
  [
    'no URLs',
    '[metadata]\nname = a\nversion = 0.0.0\n',
    '[metadata]\nname = a\nproject_urls =\n    Source Commit = ^\nversion = @\n',
  ],
  [
    'no last newline',
    '[metadata]\nversion: 0.0.0\nname = a',
    '[metadata]\nversion: @\nname = a\nproject_urls =\n    Source Commit = ^\n',
  ],
  [
    'URLs with comments and empty lines between them',
    '# top\n[metadata]\nname=a\nversion=0.0.0\nproject_urls =\n\tHome = https://x\n\n# c\n\tBugs = https://y\n\n[options]\npackages = find:\n',
    '# top\n[metadata]\nname=a\nversion=@\nproject_urls =\n\tHome = https://x\n\n# c\n\tBugs = https://y\n\tSource Commit = ^\n\n[options]\npackages = find:\n',
  ],
  [
    'URLs on one line',
    '[metadata]\nname = a\nversion = 0.0.0\nproject_urls = Home = https://x, Bugs = https://y\n',
    '[metadata]\nname = a\nversion = @\nproject_urls = Home = https://x, Bugs = https://y, Source Commit = ^\n',
  ],
  [
    'URLs that are there and empty',
    '[metadata]\nname = a\nproject_urls =\nversion = 0.0.0\n',
    '[metadata]\nname = a\nproject_urls =\n    Source Commit = ^\nversion = @\n',
  ],
  [
    'another commit',
    '[metadata]\nname = a\nversion = 0.0.0\nproject_urls =\n  source-commit = https://old\n  Home = https://x\n',
    '[metadata]\nname = a\nversion = @\nproject_urls =\n  Source Commit = ^\n  Home = https://x\n',
  ],
  [
    'CRLF',
    '[metadata]\r\nname = a\r\nversion = 0.0.0\r\n[options]\r\n',
    '[metadata]\r\nname = a\r\nproject_urls =\r\n    Source Commit = ^\r\nversion = @\r\n[options]\r\n',
  ],
  [
    'a version in another section',
    '[bumpversion]\nversion = 0.0.0\n[metadata]\n  name = a\n  version  =  0.0.0  \n',
    '[bumpversion]\nversion = 0.0.0\n[metadata]\n  name = a\n  project_urls =\n      Source Commit = ^\n  version  =  @  \n',
  ],
  [
    'a section with the name of a value',
    '[metadata]\nname = a\nversion = 0.0.0\ndescription = x\n  [options]\n  version = 1\n',
    '[metadata]\nname = a\nproject_urls =\n    Source Commit = ^\nversion = @\ndescription = x\n  [options]\n  version = 1\n',
  ],
];

describe('a setup.cfg', () => {
  test.each(VECTORS)('is stamped in place: %s', (_title, before, after) => {
    const wanted = after.replaceAll('@', version).replaceAll('^', sourceCommit);
    expect(put(before)).toBe(wanted);
    expect(put(put(before))).toBe(wanted);
  });

  test('keeps its version where the build takes it from elsewhere', () => {
    const before =
      '[metadata]\nname = a\nversion = attr: a.v\nproject_urls =\n  Home = https://x\n';
    expect(stampSetupCfg(before, { sourceCommit }, 'f')).toBe(
      `${before}  Source Commit = ${sourceCommit}\n`,
    );
  });

  test.each([
    ['a version on the next line', '[metadata]\nname = a\nversion =\n  0.0.0\n'],
    ['a version of two lines', '[metadata]\nname = a\nversion = 0.0.0\n  # c\n  1\n'],
    ['no version', '[metadata]\nname = a\n'],
    [
      'another commit on the option’s line, which goes on',
      '[metadata]\nname = a\nversion = 0\nproject_urls = Source Commit = b\n  C = d\n',
    ],
    ['text before any section', 'name = a\n[metadata]\nversion = 0\n'],
    ['a line that is no option', '[metadata]\nname a\nversion = 0\n'],
  ])('%s is refused', (_title, text) => {
    expect(() => put(text)).toThrow(
      expect.objectContaining({ code: 'pypi-invalid-pyproject', field: 'sdk/setup.cfg' }),
    );
  });
});

// As setuptools reads it: setuptools/dist.py, `_parse_config_files`.
const READ = `
import configparser, json, sys
found = []
for text in json.load(sys.stdin):
    parser = configparser.RawConfigParser()
    parser.optionxform = lambda name: name.lower().replace("-", "_")
    parser.read_string(text)
    found.append([[section, name, [line.strip() for line in value.splitlines() if line.strip()]]
        for section in parser.sections() for name, value in parser.items(section)])
json.dump(found, sys.stdout)
`;

needs('python')('what Python reads', () => {
  const texts = [
    ...VECTORS.flatMap(([, before]) => [before, put(before)]),
    '[a]\nx = 1 ; no comment\ny : 2 # neither\nz=\n  3\n\n  4\n  ; comment\n  5\n',
    '[a b]\n\n; c\nKey-Name = a = b : c\n[c]\n[d]\n e = 1\n f = 2\n   3\n',
    '[a]\nx =\ny =   \n\tz = 1\nw = ü\n',
  ];

  test('is what we read', () => {
    const input = JSON.stringify(texts);
    const python = execFileSync('python3', ['-c', READ], { input, encoding: 'utf8' });
    const ours = texts.map((text) =>
      readSetupCfg(text, 'f').options.map(({ name, section, values }) => [
        section,
        name,
        values.map(({ text: line }) => line),
      ]),
    );
    expect(ours).toEqual(JSON.parse(python));
  });
});
