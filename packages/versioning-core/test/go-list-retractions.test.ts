import { needs } from '@ameide/local-registries/components';
import { expect, test } from 'vitest';
import { canonical, deriveVersions } from '../src/index.ts';
import { ScratchRepository } from './support/scratch-repository.ts';

const SDK = 'github.com/ameideio/sdk';
const goMod = (module: string, retract: string): string =>
  `module ${module}\n\ngo 1.21\n\n${retract}\n`;

interface History {
  readonly title: string;
  readonly module?: string;
  readonly directory?: string;
  /** One commit each: what its go.mod retracts, and its tags. */
  readonly commits: readonly (readonly [retract: string, ...tags: string[]])[];
  /** Commits on a branch of their own, from the last of those. */
  readonly aside?: readonly (readonly [retract: string, ...tags: string[]])[];
  /**
   * Of the commit that is asked about, counted from 0; the next one after all of them by default.
   */
  readonly at?: number;
  readonly version: RegExp;
}

const histories: readonly History[] = [
  {
    title: 'the nearest tag, not yet',
    commits: [
      ['', 'v0.1.0'],
      ['', 'v0.2.0'],
    ],
    version: /^v0\.2\.1-0\./,
  },
  {
    title: 'the nearest tag',
    commits: [
      ['', 'v0.1.0'],
      ['', 'v0.2.0'],
      ['retract [v0.2.0, v0.2.1] // both', 'v0.2.1'],
    ],
    version: /^v0\.1\.1-0\./,
  },
  {
    title: 'the nearest tag, by a later commit',
    commits: [['', 'v0.1.0'], ['', 'v0.2.0'], [''], ['retract v0.2.0', 'v0.2.1']],
    at: 2,
    version: /^v0\.1\.1-0\./,
  },
  {
    title: 'a tag on the commit itself',
    commits: [
      ['', 'v0.1.0'],
      ['', 'v0.2.0'],
      ['retract v0.2.0', 'v0.2.1'],
    ],
    at: 1,
    version: /^v0\.1\.1-0\./,
  },
  {
    title: 'one of two tags on the commit',
    commits: [
      ['', 'v0.1.0', 'v0.2.0'],
      ['retract v0.2.0', 'v0.2.1'],
    ],
    at: 0,
    version: /^v0\.1\.0$/,
  },
  {
    title: 'all that there is',
    commits: [
      ['', 'v0.1.0'],
      ['retract [v0.0.0, v0.2.0]', 'v0.2.0'],
    ],
    version: /^v0\.0\.0-2025/,
  },
  {
    title: 'intervals in a block',
    commits: [
      ['', 'v0.1.0'],
      ['', 'v0.1.1'],
      ['', 'v0.2.0-rc.1'],
      ['retract (\n\t// why\n\t[v0.1.1, v0.2.0-rc.1] // these\n\n\tv0.2.0\n)', 'v0.2.0'],
    ],
    version: /^v0\.1\.1-0\./,
  },
  {
    title: 'pre-releases alone',
    commits: [
      ['', 'v0.1.0-rc.1'],
      ['', 'v0.1.0-rc.2'],
      ['retract [v0.1.0-rc.2, v0.1.0-rc.3]', 'v0.1.0-rc.3'],
    ],
    version: /^v0\.1\.0-rc\.1\.0\./,
  },
  {
    title: 'a release, by a pre-release that does not count',
    commits: [
      ['', 'v0.1.0'],
      ['retract [v0.1.0, v0.2.0-rc.1]', 'v0.2.0-rc.1'],
    ],
    version: /^v0\.2\.0-rc\.1\.0\./,
  },
  {
    title: 'no version any more: the highest go.mod is silent',
    commits: [['', 'v0.1.0'], [''], ['retract v0.1.0', 'v0.2.0'], ['', 'v0.3.0']],
    at: 1,
    version: /^v0\.1\.1-0\./,
  },
  {
    title: 'a module in a sub-directory',
    module: `${SDK}/packages/go`,
    directory: 'packages/go',
    commits: [
      ['', 'packages/go/v0.1.0'],
      ['', 'packages/go/v0.2.0', 'v9.0.0'],
      ['retract [v0.2.0, v0.2.1]', 'packages/go/v0.2.1'],
    ],
    version: /^v0\.1\.1-0\./,
  },
  {
    title: 'a /v2 module',
    module: `${SDK}/v2`,
    commits: [
      ['', 'v2.0.0'],
      ['', 'v2.1.0'],
      ['retract [v2.1.0, v2.1.1]', 'v2.1.1'],
    ],
    version: /^v2\.0\.1-0\./,
  },
  {
    title: 'a /v2 module in a major sub-directory',
    module: `${SDK}/v2`,
    directory: 'v2',
    commits: [
      ['', 'v2.0.0'],
      ['', 'v2.1.0', 'v1.9.0'],
      ['retract [v2.1.0, v2.1.1]', 'v2.1.1'],
    ],
    version: /^v2\.0\.1-0\./,
  },
  {
    title: 'by a tag that is no ancestor',
    commits: [
      ['', 'v0.1.0'],
      ['', 'v0.2.0'],
    ],
    aside: [['retract v0.2.0', 'v0.2.1']],
    version: /^v0\.1\.1-0\./,
  },
  {
    title: 'nothing: the highest go.mod has an unterminated block',
    commits: [
      ['', 'v0.1.0'],
      ['retract v0.2.0\nrequire (', 'v0.2.0'],
    ],
    version: /^v0\.2\.1-0\./,
  },
  {
    title: 'nothing: the highest go.mod has a requirement without a version',
    commits: [
      ['', 'v0.1.0'],
      ['retract v0.2.0\nrequire a.b/c', 'v0.2.0'],
    ],
    version: /^v0\.2\.1-0\./,
  },
  {
    title: 'nothing: the highest go.mod has two module lines',
    commits: [
      ['', 'v0.1.0'],
      ['retract v0.2.0\nmodule a.b/c', 'v0.2.0'],
    ],
    version: /^v0\.2\.1-0\./,
  },
  {
    title: 'nothing that go.mod says in words of tomorrow',
    commits: [
      ['', 'v0.1.0'],
      ['retract (v0.1.0, v0.2.0]\nretract >v0.1.0\nretract v0.2.0 or so', 'v0.2.0'],
    ],
    version: /^v0\.1\.1-0\./,
  },
  {
    title: 'what ends in a short version',
    commits: [
      ['', 'v0.1.0'],
      ['retract [v0, v0.2]', 'v0.2.0'],
    ],
    version: /^v0\.0\.0-2025/,
  },
  {
    title: 'what begins with no version',
    commits: [
      ['', 'v0.1.0'],
      ['retract [first, v0.1.0]\nretract [v0.2.0, latest]', 'v0.2.0'],
    ],
    version: /^v0\.2\.1-0\./,
  },
  {
    title: 'a tag with build metadata',
    commits: [
      ['', 'v0.1.0'],
      ['', 'v0.1.5+build.7'],
      ['retract v0.1.5', 'v0.1.1'],
    ],
    at: 1,
    version: /^v0\.1\.1-0\./,
  },
];

needs('go', 'git')('the go command counts as retracted', () => {
  test.each(histories)(
    '$title',
    ({ module = SDK, directory, commits, aside = [], at = commits.length, version }) => {
      const repository = new ScratchRepository(SDK);
      const file = directory === undefined ? 'go.mod' : `${directory}/go.mod`;
      let count = 0;
      const commit = ([retract, ...tags]: History['commits'][number]): string => {
        repository.write(file, goMod(module, retract));
        repository.write('count.txt', String((count += 1)));
        const sha = repository.commit(`2025-11-13T15:32:${10 + count}Z`);
        for (const tag of tags) repository.tag(tag);
        return sha;
      };
      try {
        const shas = commits.map(commit);
        if (aside.length > 0) repository.git(['checkout', '--quiet', '-b', 'aside']);
        aside.forEach(commit);
        repository.git(['checkout', '--quiet', 'main']);
        shas.push(commit(['']));
        const sha = shas[at] ?? '';
        const place = { modulePath: module, ...(directory === undefined ? {} : { directory }) };
        const tuple = canonical({ base: '0.1.0', sha, datetime: repository.time(sha) });
        const go = { ...place, retracted: repository.retracted(place) };
        const ours = deriveVersions(tuple, { kind: 'dev' }, repository.lineage(sha), {
          afterRelease: 'keep',
          go,
        }).go.version;
        expect(repository.goList(module, sha).Version).toBe(ours);
        expect(repository.goList(module, ours).Version).toBe(ours);
        expect(ours).toMatch(version);
      } finally {
        repository.remove();
      }
    },
  );
});
