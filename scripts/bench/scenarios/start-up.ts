import type { PeerName } from '../peers.ts';
import { createRepository, type History, importHistory, type Repository } from '../repository.ts';
import type { Ours, Peer, Place, Scenario } from '../scenario.ts';

const SMALL: History = {
  commits: 30,
  tags: 3,
  files: { 'package.json': '{ "name": "bench", "version": "0.1.0" }\n' },
};
const LARGE: History = { ...SMALL, commits: 20_000, tags: 2_000 };

async function withHistory(place: Place, history: History): Promise<Repository> {
  const repository = await createRepository(`${place.folder}/repository`, place.run);
  await importHistory(repository, history);
  return repository;
}

/** A side that runs one offline program in a repository. */
function program(history: History, argv: (place: Place) => readonly string[]): Ours {
  return {
    async prepare(place) {
      const call = { cwd: (await withHistory(place, history)).directory };
      return {
        async run(meter) {
          const printed = await meter.run(argv(place), call);
          if (printed.trim() === '') throw new Error('it printed nothing');
        },
      };
    },
  };
}

const ourVersion = (history: History): Ours =>
  program(history, ({ command }) => [command, 'version', '--version-file', 'package.json']);

function peerVersion(
  name: PeerName,
  history: History,
  goal: number,
  argv: readonly string[],
): Peer {
  return { name, needs: [name], goals: { 0: goal }, ...program(history, () => argv) };
}

const DUNAMAI = ['dunamai', 'from', 'git'] as const;
// Without a pyproject.toml it must be told where the repository is.
const SETUPTOOLS_SCM = ['setuptools-scm', '--root', '.'] as const;

/** A dry run reads the branch from a remote; here that is one on disk. */
function semanticRelease(history: History): Peer {
  return {
    name: 'semantic-release --dry-run',
    needs: ['semantic-release'],
    goals: { 0: 0.1 },
    async prepare(place) {
      const repository = await withHistory(place, history);
      await place.run(['git', 'clone', '--quiet', '--bare', repository.directory, 'origin.git'], {
        cwd: place.folder,
      });
      const url = `file://${place.folder}/origin.git`;
      const plugins = ['--plugins', '@semantic-release/commit-analyzer'];
      const argv = [
        'semantic-release',
        '--dry-run',
        '--no-ci',
        '--repository-url',
        url,
        ...plugins,
      ];
      return {
        async run(meter) {
          const printed = await meter.run([...argv, '--branches', 'main'], {
            cwd: repository.directory,
          });
          if (!printed.includes('next release version is')) throw new Error(printed);
        },
      };
    },
  };
}

/** The least that a Node program which asks git can take: the start of Node, and the git processes that ours runs, in the same order. */
function lowerBound(history: History): Peer {
  const tags = ['git', 'for-each-ref', '--format=%(refname:lstrip=2)'] as const;
  const argvs = [
    ['node', '--eval', '0'],
    ['git', 'rev-parse', '--absolute-git-dir', 'HEAD'],
    ['git', 'cat-file', 'commit', 'HEAD'],
    [...tags, 'refs/tags'],
    [...tags, '--merged=HEAD', `refs/tags/v0.0.${history.tags}`],
  ] as const;
  return {
    name: 'the lower bound: node --eval 0, then four git processes',
    async prepare(place) {
      const call = { cwd: (await withHistory(place, history)).directory };
      return {
        async run(meter) {
          for (const argv of argvs) await meter.run(argv, call);
        },
      };
    },
  };
}

const NODE =
  'our own work. The row “the lower bound” starts Node, which does nothing, and then, one after the other, the programs of git that answer what must be known: without anything of our own, each goal would just be met. The profile shows what the rest is.';

export const startUp: readonly Scenario[] = [
  {
    name: 'version-small',
    work: 'version in a small repository',
    note: 'The whole process, offline, in a repository of 30 commits and 3 tags.',
    obstacle: NODE,
    delays: [0],
    ours: ourVersion(SMALL),
    peers: [
      peerVersion('dunamai', SMALL, 0.5, DUNAMAI),
      peerVersion('setuptools-scm', SMALL, 0.4, SETUPTOOLS_SCM),
      semanticRelease(SMALL),
      lowerBound(SMALL),
    ],
  },
  {
    name: 'version-large',
    work: 'version in a large repository',
    note: 'The same in a repository of 20,000 commits and 2,000 tags.',
    obstacle: NODE,
    delays: [0],
    ours: ourVersion(LARGE),
    peers: [
      peerVersion('dunamai', LARGE, 0.25, DUNAMAI),
      peerVersion('setuptools-scm', LARGE, 0.7, SETUPTOOLS_SCM),
      lowerBound(LARGE),
    ],
  },
  {
    name: 'help',
    work: '--help',
    obstacle: 'the size of the program: which commands there are is read before one is chosen.',
    delays: [0],
    ours: program(SMALL, ({ command }) => [command, '--help']),
    peers: [
      {
        name: 'node, printing one line',
        goals: { 0: 1.5 },
        ...program(SMALL, () => ['node', '-e', 'console.log(1)']),
      },
    ],
  },
];
