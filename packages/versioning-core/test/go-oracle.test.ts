import { needs } from '@ameide/local-registries/components';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  canonical,
  deriveVersions,
  InvalidInputError,
  parseCoordinate,
  parseGoVersion,
  unixSeconds,
} from '../src/index.ts';
import {
  isPseudoVersion,
  matchesPathMajor,
  parseGoMod,
  parseGoModulePath,
} from '../src/versions/go/index.ts';
import { compareGoSemver, formatGoSemver, parseGoSemver } from '../src/versions/go/semver.ts';
import { core, MAJORS, pathWith, retraction, suffix, version } from './support/go-versions.ts';
import { buildGoOracle } from './support/oracle.ts';
import { seconds, sha, TUPLES } from './support/tuples.ts';
import { order, refused, vectors } from './support/vectors.ts';

interface Reading {
  readonly valid: boolean;
  readonly canonical: string;
  readonly pseudo: boolean;
  readonly base?: string;
  readonly time?: number;
  readonly rev?: string;
}

needs('go')('golang.org/x/mod agrees', () => {
  let oracle: ReturnType<typeof buildGoOracle>;
  beforeAll(() => {
    oracle = buildGoOracle();
  });
  afterAll(() => oracle.remove());
  const read = (versions: readonly string[]): Reading[] =>
    oracle.ask(versions.map((version) => ({ op: 'read', version })));

  describe('on the golden vectors', () => {
    test('every Go version is canonical, and a pseudo-version exactly where it has no tag', () => {
      const readings = read(vectors.map(({ versions }) => versions.go.version));
      expect(readings.map(({ canonical: text }) => text)).toEqual(
        vectors.map(({ versions }) => versions.go.version),
      );
      expect(readings.map(({ pseudo }) => pseudo)).toEqual(
        vectors.map(({ versions }) => versions.go.tag === null),
      );
    });
    test('the order of every pair', () => {
      const pairs = order.go.flatMap((list) =>
        list.flatMap((a, i) => list.map((b, j) => ({ a, b, sign: Math.sign(i - j) }))),
      );
      const answers = oracle.ask<{ order: number }>(
        pairs.map(({ a, b }) => ({ op: 'compare', version: a, other: b })),
      );
      expect(answers.map((answer) => answer.order)).toEqual(pairs.map(({ sign }) => sign));
    });
    test('the literal of section 4.2 is no usable pseudo-version, and that of 5.2 none at all', () => {
      const [first, second] = read(refused.go.slice(0, 2).map(([text]) => text));
      expect(first).toMatchObject({ pseudo: true });
      expect(first).not.toHaveProperty('base');
      expect(second).toMatchObject({ valid: true, pseudo: false });
    });
  });

  test(`the version of ${TUPLES} commits, each with its own tags`, () => {
    const prefix = fc.constantFrom('', 'sdk/', 'sdk/go/');
    const commit = fc.record({
      base: fc.tuple(fc.nat(3), fc.nat(3), fc.nat(3)).map((parts) => parts.join('.')),
      sha: sha.map((text) => text.slice(0, 40)),
      time: seconds,
      major: fc.constantFrom(...MAJORS),
      directory: fc.constantFrom('', 'sdk', 'sdk/go'),
      tags: fc.array(
        fc.tuple(prefix, version).map((parts) => parts.join('')),
        { maxLength: 6 },
      ),
      retracting: fc.oneof(
        { weight: 1, arbitrary: fc.constant('') },
        {
          weight: 1,
          arbitrary: fc
            .array(retraction, { maxLength: 3 })
            .map((texts) => texts.map((text) => `retract ${text}\n`).join('')),
        },
      ),
      tagsAtCommit: fc.oneof(
        { weight: 3, arbitrary: fc.constant([]) },
        fc.array(
          fc.tuple(prefix, version).map((parts) => parts.join('')),
          { maxLength: 3 },
        ),
      ),
    });
    const commits = fc.sample(commit, TUPLES);
    const answers = oracle.ask<{ version: string }>(
      commits.map(({ sha, time, major, directory, tags, tagsAtCommit, retracting }) => ({
        op: 'derive',
        prefix: directory === '' ? '' : `${directory}/`,
        pathMajor: major,
        tags,
        tagsAtCommit,
        retracting,
        time,
        rev: sha.slice(0, 12),
      })),
    );
    const ours = commits.map(
      ({ base, sha, time, major, directory, tags, tagsAtCommit, retracting }) => {
        const go = {
          modulePath: pathWith(major),
          directory,
          retracted: retractionsOf(retracting),
        };
        const tuple = canonical({ base, sha, datetime: time });
        return deriveVersions(
          tuple,
          { kind: 'dev' },
          { tags, tagsAtCommit },
          { afterRelease: 'keep', go },
        ).go.version;
      },
    );
    expect(ours).toEqual(answers.map((answer) => answer.version));
    const wouldBe = commits.map(({ base, sha, time, major, directory, tags, tagsAtCommit }) =>
      deriveVersions(
        canonical({ base, sha, datetime: time }),
        { kind: 'dev' },
        { tags, tagsAtCommit },
        {
          afterRelease: 'keep',
          go: { modulePath: pathWith(major), directory },
        },
      ),
    );
    expect(wouldBe.filter(({ go }, i) => go.version !== ours[i]).length).toBeGreaterThan(100);
    // The sample is worth something only when each kind of answer is in it.
    const kinds = [
      /^v0\.0\.0-\d/,
      /^v[23]\.0\.0-\d/,
      /\.\d+-0\.\d{14}-/,
      /-rc\.\d+\.0\.\d{14}-/,
      /^v\d+\.\d+\.\d+$/,
      /^v\d+\.\d+\.\d+-rc\.\d+$/,
    ];
    for (const kind of kinds)
      expect(ours.filter((text) => kind.test(text)).length).toBeGreaterThan(10);
  });

  test(`${TUPLES} versions are read alike`, () => {
    const stamped = fc
      .tuple(version, fc.constantFrom('-', '-0.', '.0.'), seconds, sha)
      .map(([head, joint, time, rev]) => {
        const { datetime } = canonical({ base: '0.0.0', sha: rev, datetime: time });
        return `${head}${joint}${datetime}-${rev.slice(0, 12)}`;
      });
    const versions = fc.sample(fc.oneof(version, stamped), TUPLES);
    for (const [i, reading] of read(versions).entries()) {
      const text = versions[i] ?? '';
      const semver = parseGoSemver(text);
      expect([text, semver !== undefined]).toEqual([text, reading.valid]);
      expect([text, isPseudoVersion(text)]).toEqual([text, reading.pseudo]);
      if (semver !== undefined) expect(formatGoSemver(semver)).toBe(reading.canonical);
      const parsed = parseGoVersion(text);
      if (parsed?.datetime === undefined) continue;
      expect({
        base: parsed.baseTag ?? '',
        time: unixSeconds(parsed.datetime),
        rev: parsed.shortSha,
      }).toEqual({
        base: reading.base,
        time: reading.time,
        rev: reading.rev,
      });
    }
  });

  test(`${TUPLES} pairs are ordered alike`, () => {
    const pairs = fc.sample(fc.tuple(version, version), 2 * TUPLES).flatMap(([a, b]) => {
      const [x, y] = [parseGoSemver(a), parseGoSemver(b)];
      return x === undefined || y === undefined
        ? []
        : [{ version: a, other: b, sign: Math.sign(compareGoSemver(x, y)) }];
    });
    expect(pairs.length).toBeGreaterThan(TUPLES / 2);
    const answers = oracle.ask<{ order: number }>(
      pairs.map((pair) => ({ op: 'compare', ...pair })),
    );
    expect(pairs.map(({ sign }) => sign)).toEqual(answers.map((answer) => answer.order));
  });

  test('a line of development keeps its order: before any tag, after the candidate, after the release', () => {
    const lines = fc.sample(fc.tuple(seconds, seconds, sha, sha), 2000).flatMap(([s, t, x, y]) => {
      if (s === t) return [];
      const at = (time: number, id: string, tags: readonly string[]): string =>
        deriveVersions(
          canonical({ base: '0.1.0', sha: id, datetime: time }),
          { kind: 'dev' },
          { tags, tagsAtCommit: [] },
        ).go.version;
      const pair = (tags: readonly string[]): string[] => [
        at(Math.min(s, t), x, tags),
        at(Math.max(s, t), y, tags),
      ];
      const line = [
        ...pair([]),
        'v0.1.0-rc.1',
        ...pair(['v0.1.0-rc.1']),
        'v0.1.0-rc.2',
        'v0.1.0',
        ...pair(['v0.1.0']),
        'v0.1.1-rc.1',
        'v0.1.1',
      ];
      return line.slice(1).map((text, i) => ({ op: 'compare', version: line[i], other: text }));
    });
    expect(new Set(oracle.ask<{ order: number }>(lines).map((answer) => answer.order))).toEqual(
      new Set([-1]),
    );
  });

  test('module paths, and which versions may stand for them', () => {
    const element = fc.constantFrom(
      'sdk',
      'Sdk',
      'v2',
      'v1',
      'v02',
      'v2.1',
      'v',
      'v10',
      'a.b',
      '.a',
      'a.',
      'con',
      'CON.x',
      'com1',
      'x~1',
      'x~a',
      '-x',
      '_x',
      'ü',
      'a b',
      '',
      '..',
      'sdk.v2',
      'sdk.v0',
      'sdk.v02',
      'sdk.v3-unstable',
    );
    const host = fc.constantFrom(
      'github.com',
      'gopkg.in',
      'GitHub.com',
      '-x.com',
      'example',
      'a_b.com',
      'x.y',
      '',
      '.com',
      'com.',
    );
    const paths = fc
      .sample(fc.tuple(host, fc.array(element, { maxLength: 4 })), TUPLES)
      .map(([first, rest]) => [first, ...rest].join('/'));
    const answers = oracle.ask<{ ok: boolean; prefix: string; major: string }>(
      paths.map((path) => ({ op: 'split', path })),
    );
    const ours = paths.map((path) => attempt(() => parseGoModulePath(path)));
    expect(ours.filter((path) => path !== undefined).length).toBeGreaterThan(100);
    for (const [i, path] of paths.entries()) {
      const { ok, prefix, major } = answers[i] ?? { ok: false, prefix: '', major: '' };
      expect([path, ours[i]]).toEqual([path, ok ? { path, prefix, major } : undefined]);
    }
    const pairs = fc
      .sample(fc.tuple(core, suffix, fc.constantFrom(...MAJORS)), TUPLES)
      .map(([head, tail, major]) => ({ version: head + tail, major }));
    const canonicalPairs = pairs.filter((pair) => parseGoSemver(pair.version)?.build === '');
    const matches = oracle.ask<{ ok: boolean }>(
      canonicalPairs.map((pair) => ({ op: 'match', version: pair.version, pathMajor: pair.major })),
    );
    expect(canonicalPairs.map((pair) => matchesPathMajor(pair.version, pair.major))).toEqual(
      matches.map(({ ok }) => ok),
    );
  });

  test('coordinates: what module.Check accepts, save for build metadata, which go never serves', () => {
    const path = fc.constantFrom(
      ...MAJORS.map(pathWith),
      'github.com/o/repo',
      'github.com/o/repo/v1',
    );
    const pairs = fc
      .sample(fc.tuple(path, version), TUPLES)
      .flatMap(([name, text]) => (text.includes('+') ? [] : [{ path: name, version: text }]));
    const answers = oracle.ask<{ ok: boolean }>(pairs.map((pair) => ({ op: 'check', ...pair })));
    const ours = pairs.map(
      (pair) => attempt(() => parseCoordinate(`go:${pair.path}@${pair.version}`)) !== undefined,
    );
    const wrong = pairs.flatMap((pair, i) =>
      ours[i] === answers[i]?.ok ? [] : [`${pair.path}@${pair.version}: ${ours[i]}`],
    );
    expect([...new Set(wrong)]).toEqual([]);
  });
});

/** None where `go` refuses the file. */
function retractionsOf(text: string): ReturnType<typeof parseGoMod>['retractions'] {
  const { errors, retractions } = parseGoMod(text);
  return errors.length === 0 ? retractions : [];
}

function attempt<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch (error) {
    if (error instanceof InvalidInputError) return undefined;
    throw error;
  }
}
