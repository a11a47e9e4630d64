import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { needs } from '../src/components.ts';
import { blake2b256Hex } from '../src/python-index/blake2b.ts';
import { compareVersions, parseVersion } from '../src/python-index/version.ts';
import { runClient } from './client-process.ts';

// In PEP 440's order, in normal form.
const ORDERED = [
  '0.1.dev0',
  '0.1.0.dev20251113153211',
  '0.1.0a1.dev1',
  '0.1.0a1',
  '0.1.0b2',
  '0.1.0rc1.dev5',
  '0.1.0rc1',
  '0.1.0',
  '0.1.0+git.71e210b',
  '0.1.0+git.abc',
  '0.1.0+1',
  '0.1.0.post0.dev1',
  '0.1.0.post1',
  '0.1.1.dev1',
  '1.9',
  '1.10',
  '2!0.1',
];

const NORMALISED = [
  ['0.1.0-dev.7', '0.1.0.dev7'],
  ['v1.0-RC.1', '1.0rc1'],
  ['1.0-1', '1.0.post1'],
  ['1.0.preview', '1.0rc0'],
  ['01.002', '1.2'],
  ['1.0+git.0123456', '1.0+git.123456'],
  ['1.0+A-b_C', '1.0+a.b.c'],
  [' 1.0 ', '1.0'],
];

const INVALID = [
  '',
  'latest',
  '1.0-canary.5',
  '1.0+',
  '1..0',
  'v0.0.0-20251113153211-71e210beab37',
  '1.0+a+b',
];

test('versions in normal form are ordered as listed', () => {
  const parsed = ORDERED.map((text) => parseVersion(text));
  expect(parsed.map((version) => version?.normal)).toEqual(ORDERED);
  const known = parsed.flatMap((version) => version ?? []);
  for (const [i, left] of known.entries()) {
    for (const [j, right] of known.entries())
      expect(Math.sign(compareVersions(left, right)), `${left.normal} ${right.normal}`).toBe(
        Math.sign(i - j),
      );
  }
});

test.each(NORMALISED)('%s is %s', (text, normal) =>
  expect(parseVersion(text)?.normal).toBe(normal),
);

test.each(INVALID)('%j is no version', (text) => expect(parseVersion(text)).toBeUndefined());

// The first two from RFC 7693's parameters through Python's hashlib; a full block, one more, and
// several.
test.each([
  ['', '0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8'],
  ['abc', 'bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319'],
])('BLAKE2b-256 of %j', (text, digest) => expect(blake2b256Hex(Buffer.from(text))).toBe(digest));

const suite = needs('packaging');
suite("Python's own answers", () => {
  test('packaging agrees on every normal form, and on what is no version', async () => {
    const script = `
import json, sys
from packaging.version import Version, InvalidVersion
def normal(text):
    try: return str(Version(text))
    except InvalidVersion: return None
texts = json.loads(sys.argv[1])
print(json.dumps([normal(t) for t in texts]))
print(json.dumps([str(v) for v in sorted(Version(t) for t in json.loads(sys.argv[2]))]))`;
    const texts = [...ORDERED, ...NORMALISED.map(([text]) => text ?? ''), ...INVALID];
    const { stdout } = await runClient([
      'python3',
      '-c',
      script,
      JSON.stringify(texts),
      JSON.stringify(ORDERED.toReversed()),
    ]);
    const [normal = '', sorted = ''] = stdout.split('\n');
    expect(texts.map((text) => parseVersion(text)?.normal ?? null)).toEqual(JSON.parse(normal));
    expect(ORDERED).toEqual(JSON.parse(sorted));
  });

  test('hashlib agrees on the digest at every block border', async () => {
    const sizes = [0, 1, 127, 128, 129, 255, 256, 257, 5000];
    const script = `
import hashlib, sys
for n in sys.argv[1:]: print(hashlib.blake2b(bytes(i * 7 % 251 for i in range(int(n))), digest_size=32).hexdigest())`;
    const { stdout } = await runClient(['python3', '-c', script, ...sizes.map(String)]);
    const mine = sizes.map((size) =>
      blake2b256Hex(Uint8Array.from({ length: size }, (_, index) => (index * 7) % 251)),
    );
    expect(mine).toEqual(stdout.trim().split('\n'));
    expect(mine[0]).not.toBe(createHash('blake2b512').digest('hex').slice(0, 64));
  });
});
