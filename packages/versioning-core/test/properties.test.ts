import * as fc from 'fast-check';
import semver from 'semver';
import { describe, expect, test } from 'vitest';
import {
  type BaseVersion,
  type Canonical,
  type Channel,
  canonical,
  compareBase,
  deriveVersions,
  isOciTag,
  parseBase,
  parseDateTime,
  parseGoVersion,
  parseNpmVersion,
  parseOciTag,
  parsePypiVersion,
  unixSeconds,
  type Versions,
} from '../src/index.ts';
import { base, candidateNumber, input, seconds, sha, tuple } from './support/tuples.ts';

const dev = (c: Canonical, tags: readonly string[] = []): Versions =>
  deriveVersions(c, { kind: 'dev' }, { tags, tagsAtCommit: [] });
const tagged = (c: Canonical, number?: number): Versions => {
  const channel: Channel =
    number === undefined
      ? { kind: 'release', base: c.base }
      : { kind: 'candidate', base: c.base, number };
  return deriveVersions(c, channel, { tags: [] });
};
const check = <T>(property: fc.IPropertyWithHooks<T>): void =>
  fc.assert(property, { numRuns: 1000 });

describe('every string is accepted by its ecosystem', () => {
  test('npm: valid SemVer, published without build metadata, never longer than 256', () => {
    check(
      fc.property(tuple, candidateNumber, (c, n) => {
        for (const { npm } of [dev(c), tagged(c), tagged(c, n)]) {
          expect(semver.valid(npm.full)).toBe(npm.version);
          expect(npm.version).not.toContain('+');
        }
      }),
    );
  });
  test('OCI: the tag grammar, the SHA first, no tag twice', () => {
    check(
      fc.property(tuple, candidateNumber, (c, n) => {
        for (const { oci } of [dev(c), tagged(c), tagged(c, n)]) {
          const tags = [
            oci.commitTag,
            ...(oci.versionTag === undefined ? [] : [oci.versionTag]),
            ...oci.movingTags,
          ];
          expect(tags.filter((tag) => !isOciTag(tag))).toEqual([]);
          expect(oci.commitTag).toBe(c.sha);
          expect(new Set(tags).size).toBe(tags.length);
        }
      }),
    );
  });
});

describe('what was rendered is read back', () => {
  test('dev builds', () => {
    check(
      fc.property(tuple, fc.constantFrom('datetime' as const, 'date' as const), (c, stamp) => {
        const v = deriveVersions(c, { kind: 'dev' }, { tags: [] }, { stamp });
        const time = stamp === 'date' ? { date: c.date } : { datetime: c.datetime };
        const parts = { channel: 'dev', base: c.base, ...time };
        const linked = { ...parts, shortSha: c.shortSha };
        expect(parseNpmVersion(v.npm.full)).toEqual(linked);
        expect(parseNpmVersion(v.npm.version)).toEqual(parts);
        expect(parsePypiVersion(v.pypi.full)).toEqual(linked);
        expect(parsePypiVersion(v.pypi.version)).toEqual(parts);
        expect(parseGoVersion(v.go.version)).toMatchObject({
          channel: 'dev',
          datetime: c.datetime,
          shortSha: c.sha.slice(0, 12),
        });
        expect(parseOciTag(v.oci.commitTag)).toEqual({ sha: c.sha });
        expect(c.sha.startsWith(c.shortSha)).toBe(true);
      }),
    );
  });
  test('releases and candidates', () => {
    check(
      fc.property(tuple, fc.option(candidateNumber, { nil: undefined }), (c, number) => {
        const v = tagged(c, number);
        const parts = {
          channel: number === undefined ? 'release' : 'candidate',
          base: c.base,
          ...(number === undefined ? {} : { number }),
        };
        expect(parseNpmVersion(v.npm.full)).toEqual(parts);
        expect(parsePypiVersion(v.pypi.full)).toEqual(parts);
        expect(parseGoVersion(v.go.version)).toEqual(parts);
        expect(parseOciTag(v.oci.versionTag ?? '')).toEqual(parts);
      }),
    );
  });
  test('a Go pseudo-version tells the tag it comes after', () => {
    check(
      fc.property(
        input,
        fc.nat(1),
        fc.nat(),
        fc.nat(),
        fc.constantFrom('', '-rc.1', '-beta', '-0'),
        (parts, major, minor, patch, prerelease) => {
          const tag = `v${major}.${minor}.${patch}${prerelease}`;
          const tuple = canonical({ ...parts, base: '0.1.0' });
          const { go } = deriveVersions(
            tuple,
            { kind: 'dev' },
            { tags: [tag], tagsAtCommit: [] },
            { afterRelease: 'keep' },
          );
          expect(parseGoVersion(go.version)?.baseTag).toBe(tag);
        },
      ),
    );
  });
  test('times', () => {
    check(
      fc.property(seconds, (time) => {
        expect(unixSeconds(parseDateTime(time))).toBe(time);
      }),
    );
  });
  test('no string at all makes a reader throw', () => {
    check(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.stringMatching(/^v?[0-9]+\.[0-9]+\.[0-9]+[-+.][0-9a-z.+-]*$/),
        ),
        (text) => {
          for (const read of [parseNpmVersion, parsePypiVersion, parseGoVersion, parseOciTag])
            read(text);
        },
      ),
    );
  });
});

describe('the order of one line of development is kept', () => {
  test('npm: dev by time, then candidates by number, then the release, then dev builds after it', () => {
    check(
      fc.property(
        input,
        seconds,
        sha,
        candidateNumber,
        candidateNumber,
        (parts, laterTime, laterSha, m, n) => {
          fc.pre(
            parts.datetime !== laterTime &&
              m !== n &&
              Number.isSafeInteger(Number(parts.base.split('.')[2]) + 1),
          );
          const [earlier, later] = [
            canonical(parts),
            canonical({ base: parts.base, sha: laterSha, datetime: laterTime }),
          ].sort((a, b) => (a.datetime < b.datetime ? -1 : 1));
          if (earlier === undefined || later === undefined) throw new Error('two tuples');
          const line = [
            dev(earlier),
            dev(later),
            tagged(later, Math.min(m, n)),
            tagged(earlier, Math.max(m, n)),
            tagged(earlier),
            dev(earlier, [`v${parts.base}`]),
            dev(later, [`v${parts.base}`]),
          ].map((v) => v.npm.full);
          expect(semver.sort(line.toReversed())).toEqual(line);
          for (const [i, version] of line.slice(1).entries())
            expect(semver.compare(line[i] ?? '', version)).toBe(-1);
        },
      ),
    );
  });
  test('bases are ordered as SemVer orders them', () => {
    const sign = (a: BaseVersion, b: BaseVersion): number => Math.sign(compareBase(a, b));
    check(
      fc.property(base, base, (a, b) => {
        expect(sign(parseBase(a), parseBase(b))).toBe(semver.compare(a, b));
        expect(sign(parseBase(a), parseBase(a))).toBe(0);
      }),
    );
  });
});

test('two commits of one second differ by their SHA alone', () => {
  check(
    fc.property(input, sha, (parts, other) => {
      const [a, b] = [dev(canonical(parts)), dev(canonical({ ...parts, sha: other }))];
      expect(b.npm.version).toBe(a.npm.version);
      expect(b.pypi.version).toBe(a.pypi.version);
      fc.pre(other.slice(0, 12) !== parts.sha.slice(0, 12));
      expect(b.go.version).not.toBe(a.go.version);
      expect(b.oci.commitTag).not.toBe(a.oci.commitTag);
    }),
  );
});
