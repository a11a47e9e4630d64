import { needs } from '@ameide/local-registries/components';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareVersions } from '../src/clients/index.ts';
import { canonical, deriveVersions, normalisePep440, parsePypiName } from '../src/index.ts';
import { askPackaging } from './support/oracle.ts';
import { base, candidateNumber, seconds, sha, TUPLES, tuple } from './support/tuples.ts';
import { order, pep440, vectors } from './support/vectors.ts';

const normalOf = (versions: readonly string[]): (string | null)[] =>
  askPackaging<{ normal: string | null }>(
    versions.map((version) => ({ op: 'normal', version })),
  ).map((answer) => answer.normal);
const compare = (pairs: readonly (readonly [string, string])[]): number[] =>
  askPackaging<{ order: number }>(
    pairs.map(([version, other]) => ({ op: 'compare', version, other })),
  ).map((answer) => answer.order);

needs('python', 'packaging')("Python's packaging agrees", () => {
  describe('on the golden vectors', () => {
    test('every rendered version is its own normal form', () => {
      const versions = vectors.flatMap(({ versions }) => [
        versions.pypi.full,
        versions.pypi.version,
      ]);
      expect(normalOf(versions)).toEqual(versions);
    });
    test('the normal forms', () =>
      expect(normalOf(pep440.map(([version]) => version))).toEqual(
        pep440.map(([, normal]) => normal),
      ));
    test('the order of every pair', () => {
      const pairs = order.pypi.flatMap((list) =>
        list.flatMap((a, i) => list.map((b, j) => ({ a, b, sign: Math.sign(i - j) }))),
      );
      expect(compare(pairs.map(({ a, b }) => [a, b]))).toEqual(pairs.map(({ sign }) => sign));
    });
  });

  test('the order of any two versions', () => {
    const version = fc
      .record({
        epoch: fc.constantFrom('', '', '0!', '1!'),
        release: fc.array(fc.constantFrom('0', '1', '2', '10'), { minLength: 1, maxLength: 4 }),
        pre: fc.constantFrom('', '', 'a1', 'b2', 'rc10', 'rc', '-alpha.1', '.c3'),
        post: fc.constantFrom('', '', '.post0', '.post2', '-1'),
        dev: fc.constantFrom('', '', '.dev0', '.dev20251113', 'dev'),
        local: fc.constantFrom('', '', '+abc', '+1', '+1.a', '+g71e210b', '+10', '+a.1', '+a-1'),
      })
      .map(({ dev, epoch, local, post, pre, release }) =>
        [epoch, release.join('.'), pre, post, dev, local].join(''),
      );
    const pairs = fc.sample(fc.tuple(version, version), { numRuns: 3000, seed: 440 });
    expect(compare(pairs)).toEqual(pairs.map(([a, b]) => Math.sign(compareVersions('pypi', a, b))));
  });

  test(`every version of ${TUPLES} tuples is its own normal form`, () => {
    const versions = fc
      .sample(
        fc.tuple(tuple, candidateNumber, fc.constantFrom('datetime' as const, 'date' as const)),
        TUPLES,
      )
      .flatMap(([c, number, stamp]) => [
        deriveVersions(c, { kind: 'dev' }, { tags: [] }, { stamp }).pypi,
        deriveVersions(c, { kind: 'candidate', base: c.base, number }, { tags: [] }).pypi,
        deriveVersions(c, { kind: 'release', base: c.base }, { tags: [] }).pypi,
      ])
      .flatMap(({ full, version }) => [full, version]);
    expect(normalOf(versions)).toEqual(versions);
  });

  test(`the order of ${TUPLES} lines: dev by time, candidates by number, the release, dev builds after it`, () => {
    const lines = fc
      .sample(fc.tuple(base, sha, sha, seconds, seconds, candidateNumber, candidateNumber), TUPLES)
      .flatMap(([b, x, y, s, t, m, n]) => {
        if (s === t || m === n || b.endsWith(`.${Number.MAX_SAFE_INTEGER}`)) return [];
        const [earlier, later] = [
          canonical({ base: b, sha: x, datetime: Math.min(s, t) }),
          canonical({ base: b, sha: y, datetime: Math.max(s, t) }),
        ];
        const candidate = (number: number) =>
          deriveVersions(earlier, { kind: 'candidate', base: earlier.base, number }, { tags: [] });
        const versions = [
          deriveVersions(earlier, { kind: 'dev' }, { tags: [] }),
          deriveVersions(later, { kind: 'dev' }, { tags: [] }),
          candidate(Math.min(m, n)),
          candidate(Math.max(m, n)),
          deriveVersions(later, { kind: 'release', base: later.base }, { tags: [] }),
          deriveVersions(earlier, { kind: 'dev' }, { tags: [`v${b}`] }),
          deriveVersions(later, { kind: 'dev' }, { tags: [`v${b}`] }),
        ].flatMap(({ pypi }) =>
          pypi.full === pypi.version ? [pypi.version] : [pypi.version, pypi.full],
        );
        return versions.slice(1).map((version, i) => [versions[i] ?? '', version] as const);
      });
    expect(lines.length).toBeGreaterThan(5 * TUPLES);
    const wrong = compare(lines).flatMap((sign, i) => (sign === -1 ? [] : [lines[i]]));
    expect(wrong).toEqual([]);
  });

  test('versions of any spelling: normalised alike, or refused by both', () => {
    const part = fc.stringMatching(
      /^(?:[-_.]?(?:a|b|c|rc|alpha|beta|pre|preview|post|rev|r|dev)[-_.]?[0-9]{0,3}|-[0-9]{1,3}|\+[a-zA-Z0-9]{1,4}(?:[-_.][a-zA-Z0-9]{1,4}){0,2})$/,
    );
    const spelling = fc.tuple(
      fc.stringMatching(/^[vV]?(?:[0-9]!)?[0-9]{1,3}(?:\.[0-9]{1,3}){0,3}$/),
      fc.array(part, { maxLength: 4 }),
    );
    const versions = fc.sample(spelling, TUPLES).map(([head, tail]) => head + tail.join(''));
    const ours = versions.map((version) => normalisePep440(version) ?? null);
    expect(ours.filter((normal) => normal !== null).length).toBeGreaterThan(TUPLES / 10);
    expect(ours.filter((normal) => normal === null).length).toBeGreaterThan(TUPLES / 10);
    expect(ours).toEqual(normalOf(versions));
  });

  test('names', () => {
    const names = fc.sample(
      fc.stringMatching(/^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,8}[A-Za-z0-9])?$/),
      1000,
    );
    const answers = askPackaging<{ name: string }>(names.map((name) => ({ op: 'name', name })));
    expect(names.map((name) => parsePypiName(name))).toEqual(answers.map(({ name }) => name));
  });
});
