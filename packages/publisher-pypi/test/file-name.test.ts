import { execFileSync } from 'node:child_process';
import { needs } from '@ameide/local-registries/components';
import { describe, expect, test } from 'vitest';
import { parseFileName } from '../src/distribution/file-name.ts';
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
