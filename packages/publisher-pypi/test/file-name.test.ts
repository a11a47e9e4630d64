import { execFileSync } from 'node:child_process';
import { needs } from '@ameide/local-registries/components';
import { describe, expect, test } from 'vitest';
import { parseFileName, versionInList } from '../src/distribution/file-name.ts';
import { sameVersion } from '../src/project/pep440.ts';

const NAMES = [
  'ameide_sdk-0.1.0.dev20251113153211-py3-none-any.whl',
  'ameide_sdk-0.1.0.dev1+git.71e210b-py3-none-any.whl',
  'Ameide.SDK-1.0-1-cp312-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64.whl',
  'ameide_sdk-0.1.0.tar.gz',
  'ameide-sdk-0.1.0rc1.tar.gz',
  'a-b-1.0.RC.1.zip',
  'a-1!2.0.post3.tar.gz',
];
const NOT_NAMES = [
  'a-1.0-py3-none.whl',
  'a-1.0.egg',
  'a.tar.gz',
  'a-one.tar.gz',
  '-1.0.tar.gz',
  '../a-1.0.tar.gz',
  'a-1.0-py3-none-any.whl.asc',
  'a-1.0.tar.bz2',
  '',
];
const VERSIONS = [
  '0.1',
  '0.1.0',
  '0.1.0.0',
  '0.1.0.dev1',
  '0.1.dev01',
  '0.1.0+git.g71e210b',
  '0.1+git-g71e210b',
  '1.0',
  '10.0',
  '1',
  '1.0rc1',
  '1.0-RC.1',
  '0',
  '0.0',
  '1!0',
  '1!0.0.0',
  '100',
  '1.0.post1',
  '1.0-1',
  '1.00.10',
  'x',
];

test.each(NOT_NAMES.map((name) => [name]))('%j is no distribution', (name) => {
  expect(parseFileName(name)).toBeUndefined();
});

needs('python', 'packaging')("against Python's own packaging", () => {
  test('file names are read as it reads them', () => {
    const read = NAMES.map((name) => parseFileName(name)).map((parsed) => [
      parsed?.name,
      parsed?.version,
    ]);
    expect(read).toEqual(
      python(
        'import sys, json, packaging.utils as u\nf = lambda n: (u.parse_wheel_filename if n.endswith(".whl") else u.parse_sdist_filename)(n)\nprint(json.dumps([[p[0], str(p[1])] for p in map(f, json.load(sys.stdin))]))',
        NAMES,
      ),
    );
  });

  test('every pair of versions is the same or not as it says', () => {
    const expected = python(
      'import sys, json\nfrom packaging.version import Version, InvalidVersion\nv = json.load(sys.stdin)\ndef p(s):\n  try: return Version(s)\n  except InvalidVersion: return None\nprint(json.dumps([[p(a) is not None and p(a) == p(b) for b in v] for a in v]))',
      VERSIONS,
    );
    expect(VERSIONS.map((a) => VERSIONS.map((b) => sameVersion(a, b)))).toEqual(expected);
  });
});

describe('a wheel', () => {
  test('tells its python tag, an sdist says source', () => {
    expect(parseFileName('a-1.0-1-cp312-abi3-any.whl')?.pythonTag).toBe('cp312');
    expect(parseFileName('a-1.0-py2.py3-none-any.whl')?.pythonTag).toBe('py2.py3');
    expect(parseFileName('a-1.0.tar.gz')?.pythonTag).toBe('source');
  });
});

function python(code: string, input: unknown): unknown {
  return JSON.parse(
    execFileSync('python3', ['-c', code], { input: JSON.stringify(input), encoding: 'utf8' }),
  );
}

/** What an index may list of the project `example-sdk`. */
const LISTED: readonly (readonly [name: string, version: string | undefined])[] = [
  ['example-sdk-2.3.1.tar.gz', '2.3.1'],
  ['example-sdk-2.3.1.tar.bz2', '2.3.1'],
  ['example-sdk-2.3.1.tar.xz', '2.3.1'],
  ['example-sdk-2.3.1.tar.lzma', '2.3.1'],
  ['example-sdk-2.3.1.tgz', '2.3.1'],
  ['example-sdk-2.3.1.tbz', '2.3.1'],
  ['example-sdk-2.3.1.tar', '2.3.1'],
  ['example-sdk-2.3.1.zip', '2.3.1'],
  ['example-sdk-2.3.1.ZIP', undefined],
  ['example-sdk-2.3.1.TAR.gz', undefined],
  ['example-sdk-2.3.1.gz', undefined],
  ['example-sdk-2.3.1.macosx10.9.zip', undefined],
  ['example-sdk-1.0-1.tar.gz', '1.0.post1'],
  ['example-sdk-1.0-rc1.tar.gz', '1.0rc1'],
  ['Example.SDK-1.0.tar.gz', '1.0'],
  ['example__sdk-1.0.tar.gz', '1.0'],
  ['example-sdk-extra-1.0.tar.gz', undefined],
  ['example-sdk-.tar.gz', undefined],
  ['example-sdk.tar.gz', undefined],
  ['other-1.0.tar.gz', undefined],
  ['example_sdk-2.3.1-py3-none-any.whl', '2.3.1'],
  ['example_sdk-1.0_1-py3-none-any.whl', undefined],
  ['other-2.3.1-py3-none-any.whl', undefined],
  ['example_sdk-2.3.1-py3.11.egg', undefined],
  ['example-sdk-2.3.1.win32.exe', undefined],
];

test.each(LISTED)('in a list, %j is of version %s', (name, version) => {
  expect(versionInList(name, 'example-sdk')).toBe(version);
});

needs('pip')('against pip itself', () => {
  test('a list has the versions that pip sees', () => {
    const code = `
import json, sys
from pip._internal.index.package_finder import LinkEvaluator, LinkType
from pip._internal.models.link import Link
from pip._internal.models.target_python import TargetPython
from pip._vendor.packaging.version import InvalidVersion, Version
of = LinkEvaluator('example-sdk', 'example-sdk', frozenset(['binary', 'source']), TargetPython(), True)
def version(name):
    kind, detail = of.evaluate_link(Link('https://example.com/' + name))
    try: return str(Version(detail)) if kind == LinkType.candidate else None
    except InvalidVersion: return None
print(json.dumps([version(name) for name in json.load(sys.stdin)]))`;
    const input = JSON.stringify(LISTED.map(([name]) => name));
    const printed = execFileSync('python3', ['-c', code], { encoding: 'utf8', input });
    expect(JSON.parse(printed)).toEqual(LISTED.map(([, version]) => version ?? null));
  });
});
