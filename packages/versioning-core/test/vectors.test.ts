import semver from 'semver';
import { describe, expect, test } from 'vitest';
import {
  canonical,
  classifyRef,
  deriveVersions,
  isOciTag,
  normalisePep440,
  parseGoVersion,
  parseNpmVersion,
  parseOciTag,
  parsePypiVersion,
} from '../src/index.ts';
import { compareGoSemver, parseGoSemver } from '../src/versions/go/semver.ts';
import { order, pep440, refused, vectors } from './support/vectors.ts';

describe.each(vectors)('$name', ({ canonical: input, ref, lineage, options, versions }) => {
  const tuple = canonical(input);
  const channel = classifyRef(ref);
  const kind = channel.kind === 'pull-request' ? 'dev' : channel.kind;
  const time = options.stamp === 'date' ? { date: tuple.date } : { datetime: tuple.datetime };
  const parts =
    channel.kind === 'candidate'
      ? { channel: kind, base: versions.target, number: channel.number }
      : { channel: kind, base: versions.target, ...(kind === 'dev' ? time : {}) };
  const linked = kind === 'dev' ? { ...parts, shortSha: tuple.shortSha } : parts;

  test('is rendered', () =>
    expect(deriveVersions(tuple, channel, lineage, options)).toEqual(versions));

  test('is recognised', () => {
    expect(semver.valid(versions.npm.full)).toBe(versions.npm.version);
    expect(normalisePep440(versions.pypi.full)).toBe(versions.pypi.full);
    expect(normalisePep440(versions.pypi.version)).toBe(versions.pypi.version);
    expect(parseGoSemver(versions.go.version)).toMatchObject({ build: '' });
    expect(
      [
        versions.oci.commitTag,
        versions.oci.versionTag ?? 'none',
        ...versions.oci.movingTags,
      ].filter((tag) => !isOciTag(tag)),
    ).toEqual([]);
  });

  test('is read back', () => {
    expect(parseNpmVersion(versions.npm.full)).toEqual(linked);
    expect(parseNpmVersion(versions.npm.version)).toEqual(parts);
    expect(parsePypiVersion(versions.pypi.full)).toEqual(linked);
    expect(parsePypiVersion(versions.pypi.version)).toEqual(parts);
    const { commitTag, versionTag, movingTags } = versions.oci;
    expect(parseOciTag(commitTag)).toEqual({ sha: tuple.sha });
    if (versionTag !== undefined) expect(parseOciTag(versionTag)).toEqual(parts);
    expect(movingTags.map(parseOciTag)).toEqual(movingTags.map(() => undefined));
    if (versions.go.tag === null) {
      expect(parseGoVersion(versions.go.version)).toMatchObject({
        channel: 'dev',
        datetime: tuple.datetime,
        shortSha: tuple.sha.slice(0, 12),
      });
    }
  });
});

test('a Go version tells the tag it comes after', () => {
  const stamp = { channel: 'dev', datetime: '20251113153211', shortSha: '71e210beab37' };
  expect(parseGoVersion('v0.0.0-20251113153211-71e210beab37')).toEqual({ ...stamp, base: '0.0.0' });
  expect(parseGoVersion('v0.1.1-0.20251113153211-71e210beab37')).toEqual({
    ...stamp,
    base: '0.1.1',
    baseTag: 'v0.1.0',
  });
  expect(parseGoVersion('v0.1.10-0.20251113153211-71e210beab37')).toEqual({
    ...stamp,
    base: '0.1.10',
    baseTag: 'v0.1.9',
  });
  expect(parseGoVersion('v0.1.0-rc.1.0.20251113153211-71e210beab37')).toEqual({
    ...stamp,
    base: '0.1.0',
    baseTag: 'v0.1.0-rc.1',
  });
  expect(parseGoVersion('v0.1.0-0.0.20251113153211-71e210beab37')).toEqual({
    ...stamp,
    base: '0.1.0',
    baseTag: 'v0.1.0-0',
  });
  expect(parseGoVersion('v0.1.0')).toEqual({ channel: 'release', base: '0.1.0' });
  expect(parseGoVersion('sdk/go/v0.1.0-rc.2')).toEqual({
    channel: 'candidate',
    base: '0.1.0',
    number: 2,
    directory: 'sdk/go',
  });
  expect(parseGoVersion('refs/tags/sdk/go/v0.1.0')).toEqual({
    channel: 'release',
    base: '0.1.0',
    directory: 'sdk/go',
  });
});

const readers = {
  npm: parseNpmVersion,
  pypi: parsePypiVersion,
  go: parseGoVersion,
  oci: parseOciTag,
};

describe.each(Object.entries(refused))('%s strings that no tuple gives', (ecosystem, cases) => {
  test.each(cases)('%j: %s', (version) =>
    expect(readers[ecosystem as keyof typeof readers](version)).toBeUndefined(),
  );
});

describe('PEP 440 normal forms', () => {
  test.each(pep440)('%j gives %j', (version, normal) =>
    expect(normalisePep440(version)).toBe(normal ?? undefined),
  );
  test('space around a version is no part of it', () => {
    expect(['1.0\n', ' 1.0', '1.0 '].map(normalisePep440)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe('the correct sorting order: every pair', () => {
  const compareGo = (a: string, b: string): number => {
    const [x, y] = [parseGoSemver(a), parseGoSemver(b)];
    if (x === undefined || y === undefined) throw new Error(`${a} or ${b} is no Go version`);
    return Math.sign(compareGoSemver(x, y));
  };
  test.each(order.npm)('npm, from %s', (...list) => expectOrder(list, semver.compare));
  test.each(order.go)('Go, from %s', (...list) => expectOrder(list, compareGo));

  function expectOrder(list: readonly string[], compare: (a: string, b: string) => number): void {
    const wrong = list.flatMap((a, i) =>
      list.flatMap((b, j) =>
        compare(a, b) === Math.sign(i - j) ? [] : [`${a} against ${b}: ${compare(a, b)}`],
      ),
    );
    expect(wrong).toEqual([]);
  }
});

test('npm: 256 characters at most', () => {
  const widest = deriveVersions(
    canonical({
      base: Array(3).fill(Number.MAX_SAFE_INTEGER).join('.'),
      sha: '1'.repeat(64),
      datetime: '20251113153211',
    }),
    { kind: 'dev' },
    { tags: [] },
  );
  expect(semver.valid(widest.npm.full)).toBe(widest.npm.version);
});
