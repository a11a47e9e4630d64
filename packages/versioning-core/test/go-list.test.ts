import { needs } from '@ameide/local-registries/components';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  canonical,
  deriveVersions,
  formatCoordinate,
  type GoModule,
  parseCoordinate,
  parseGoVersion,
} from '../src/index.ts';
import { ScratchRepository } from './support/scratch-repository.ts';

const ADDRESS = 'github.com/ameideio/sdk';
const goMod = (module: string): string => `module ${module}\n\ngo 1.21\n`;

/**
 * The real `go` command, asked about the commit by its id, and again by the version that it
 * answered.
 */
function agree(
  repository: ScratchRepository,
  sha: string,
  module: string,
  go: GoModule,
  base = '0.1.0',
): string {
  const tuple = canonical({ base, sha, datetime: repository.time(sha) });
  const ours = deriveVersions(tuple, { kind: 'dev' }, repository.lineage(sha), {
    afterRelease: 'keep',
    go: {
      modulePath: module,
      retracted: repository.retracted({ modulePath: module, ...go }),
      ...go,
    },
  }).go;
  const answer = repository.goList(module, sha);
  expect(ours.version).toBe(answer.Version);
  expect(new Date(answer.Time).getTime() / 1000).toBe(repository.time(sha));
  expect(repository.goList(module, ours.version)).toMatchObject({ Version: ours.version });
  if (ours.tag !== null) expect(repository.git(['rev-parse', `${ours.tag}^{commit}`])).toBe(sha);
  return ours.version;
}

needs('go', 'git')('the go command derives the same version', () => {
  describe('in one history', () => {
    const repository = { current: undefined as unknown as ScratchRepository };
    const sha: Record<string, string> = {};
    const commit = (name: string, date: string): string => {
      repository.current.write('sdk.go', `package sdk\n\nconst Name = "${name}"\n`);
      return (sha[name] = repository.current.commit(date, name));
    };
    const check = (name: string, base?: string): string =>
      agree(repository.current, sha[name] ?? '', ADDRESS, {}, base);

    beforeAll(() => {
      const r = (repository.current = new ScratchRepository(ADDRESS));
      r.write('go.mod', goMod(ADDRESS));
      commit('no tag', '2025-11-13T15:32:11Z');
      commit('at +05:30', '2025-11-13T21:05:00+05:30');
      commit('candidate', '2025-11-13T16:00:00-08:00');
      r.tag('v0.1.0-rc.1', 'annotated');
      commit('after the candidate', '2025-11-14T09:00:00Z');
      r.tag('v0.0.0-20200101000000-abcdef123456');
      r.tag('v0.9');
      r.tag('nested/v0.8.0');
      r.tag('0.7.0');
      commit('release', '2025-11-14T10:00:00Z');
      r.tag('v0.1.0-rc.2');
      r.tag('v0.1.0', 'annotated');
      commit('after the release', '2025-11-15T10:00:00Z');
      commit('in the same second', '2025-11-15T10:00:00Z');
      commit('build metadata', '2025-11-15T11:00:00Z');
      r.tag('v0.1.5+build.7');
      commit('beta', '2025-11-16T10:00:00Z');
      r.tag('v0.2.0-beta.1');
      commit('after the beta', '2025-11-17T10:00:00Z');
      r.tag('v2.0.0');
      commit('by number', '2025-11-18T10:00:00Z');
      r.tag('v0.9.0');
      r.tag('v0.10.0');
      commit('after v0.10.0', '2025-11-19T10:00:00Z');
    });
    afterAll(() => repository.current.remove());

    test('no tag', () => expect(check('no tag')).toMatch(/^v0\.0\.0-20251113153211-/));
    test('a commit made at +05:30', () =>
      expect(check('at +05:30')).toMatch(/^v0\.0\.0-20251113153500-/));
    test('on v0.1.0-rc.1', () => expect(check('candidate')).toBe('v0.1.0-rc.1'));
    test('after v0.1.0-rc.1, with tags that count for nothing', () =>
      expect(check('after the candidate')).toMatch(/^v0\.1\.0-rc\.1\.0\.20251114090000-/));
    test('on v0.1.0 and v0.1.0-rc.2', () => expect(check('release')).toBe('v0.1.0'));
    test('after v0.1.0', () =>
      expect(check('after the release')).toMatch(/^v0\.1\.1-0\.20251115100000-/));
    test('two commits of one second', () => {
      const [first, second] = [check('after the release'), check('in the same second')];
      expect(first.slice(0, -12)).toBe(second.slice(0, -12));
      expect(first).not.toBe(second);
    });
    test('on a tag with build metadata', () =>
      expect(check('build metadata')).toMatch(/^v0\.1\.6-0\.20251115110000-/));
    test('on v0.2.0-beta.1', () => expect(check('beta', '0.2.0')).toBe('v0.2.0-beta.1'));
    test('after v0.2.0-beta.1, on a tag of another major version', () =>
      expect(check('after the beta', '0.2.0')).toMatch(/^v0\.2\.0-beta\.1\.0\.20251117100000-/));
    test('after v0.9.0 and v0.10.0', () =>
      expect(check('after v0.10.0', '0.10.0')).toMatch(/^v0\.10\.1-0\.20251119100000-/));
    test("the north star's own literals are refused", () => {
      const rev = (sha['no tag'] ?? '').slice(0, 12);
      for (const literal of [`v0.1.0-0.20251113153211-${rev}`, `v0.1.0-20251113153211-${rev}`]) {
        expect(parseGoVersion(literal)).toBeUndefined();
        expect(() => repository.current.goList(ADDRESS, literal)).toThrow(
          /negative patch number|unknown revision/,
        );
      }
    });
  });

  // One repository each: what is special is its layout.
  const layouts: readonly {
    title: string;
    address?: string;
    module: string;
    directory?: string;
    tags: readonly string[];
    base?: string;
    version: RegExp;
  }[] = [
    {
      title: 'a module in a sub-directory',
      module: `${ADDRESS}/packages/go`,
      directory: 'packages/go',
      tags: ['v0.9.0', 'packages/go/v0.1.0', 'packages/v0.8.0'],
      version: /^v0\.1\.1-0\./,
    },
    {
      title: 'a module in a sub-directory, with a tag that looks like a pseudo-version',
      module: `${ADDRESS}/packages/go`,
      directory: 'packages/go',
      tags: ['packages/go/v0.3.0-20200101000000-abcdef123456', 'packages/go/v0.1.0'],
      base: '0.3.0',
      version: /^v0\.3\.0-20200101000000-abcdef123456\.0\./,
    },
    {
      title: 'a /v2 module',
      module: `${ADDRESS}/v2`,
      tags: ['v1.9.0', 'v2.0.0'],
      base: '2.0.0',
      version: /^v2\.0\.1-0\./,
    },
    {
      title: 'a /v2 module without a v2 tag',
      module: `${ADDRESS}/v2`,
      tags: ['v1.9.0'],
      base: '2.0.0',
      version: /^v2\.0\.0-\d{14}-/,
    },
    {
      title: 'a /v2 module in a major sub-directory',
      module: `${ADDRESS}/v2`,
      directory: 'v2',
      tags: ['v1.9.0', 'v2.3.0', 'v2/v2.9.0'],
      base: '2.0.0',
      version: /^v2\.3\.1-0\./,
    },
    {
      title: 'a /v3 module in a sub-directory of its own',
      module: `${ADDRESS}/go/v3`,
      directory: 'go',
      tags: ['v3.9.0', 'go/v3.1.0-rc.1'],
      base: '3.1.0',
      version: /^v3\.1\.0-rc\.1\.0\./,
    },
    {
      title: 'a path in mixed case',
      address: 'github.com/AmeideIO/SDK-go',
      module: 'github.com/AmeideIO/SDK-go',
      tags: ['v0.1.0'],
      version: /^v0\.1\.1-0\./,
    },
  ];
  test.each(layouts)('$title', ({ address = ADDRESS, module, directory, tags, base, version }) => {
    const repository = new ScratchRepository(address);
    try {
      repository.write(directory === undefined ? 'go.mod' : `${directory}/go.mod`, goMod(module));
      repository.write('README.md', 'one\n');
      repository.commit('2025-11-12T10:00:00Z');
      for (const tag of tags) repository.tag(tag);
      repository.write('README.md', 'two\n');
      const sha = repository.commit('2025-11-13T15:32:11Z');
      expect(
        agree(repository, sha, module, directory === undefined ? {} : { directory }, base),
      ).toMatch(version);
    } finally {
      repository.remove();
    }
  });

  test('a release tag of a module in a sub-directory is the version that go finds', () => {
    const module = `${ADDRESS}/packages/go`;
    const repository = new ScratchRepository(ADDRESS);
    try {
      repository.write('packages/go/go.mod', goMod(module));
      const sha = repository.commit('2025-11-13T15:32:11Z');
      const tuple = canonical({ base: '0.1.0', sha, datetime: repository.time(sha) });
      const { go } = deriveVersions(
        tuple,
        { kind: 'release', base: tuple.base },
        { tags: [] },
        { go: { directory: 'packages/go', modulePath: module } },
      );
      expect(go.tag).toBe('packages/go/v0.1.0');
      repository.tag(go.tag ?? '');
      expect(repository.goList(module, go.version).Version).toBe('v0.1.0');
      expect(repository.goList(module, sha).Version).toBe('v0.1.0');
      const coordinate = `go:${module}@${go.version}`;
      expect(formatCoordinate(parseCoordinate(coordinate))).toBe(coordinate);
    } finally {
      repository.remove();
    }
  });

  test('a commit whose first 7 digits are a number with a leading zero', () => {
    const repository = new ScratchRepository(ADDRESS);
    try {
      repository.write('go.mod', goMod(ADDRESS));
      const root = repository.commit('2025-11-13T15:32:11Z');
      const sha = repository.commitWithDigits(root, 1_763_047_932);
      expect(sha.slice(0, 7)).toMatch(/^0\d{6}$/);
      expect(agree(repository, sha, ADDRESS, {})).toContain(sha.slice(0, 12));
      const { shortSha } = canonical({ base: '0.1.0', sha, datetime: 0 });
      expect(shortSha).toMatch(/^\d{7,}[a-f]$/);
      expect(repository.git(['rev-parse', shortSha])).toBe(sha);
    } finally {
      repository.remove();
    }
  });

  test('a SHA-256 repository', () => {
    const repository = new ScratchRepository(ADDRESS, 'sha256');
    try {
      repository.write('go.mod', goMod(ADDRESS));
      const sha = repository.commit('2025-11-13T15:32:11Z');
      expect(sha).toHaveLength(64);
      expect(agree(repository, sha, ADDRESS, {})).toBe(`v0.0.0-20251113153211-${sha.slice(0, 12)}`);
    } finally {
      repository.remove();
    }
  });
});
