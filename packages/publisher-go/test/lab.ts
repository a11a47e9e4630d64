import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type RecordedRequest,
  type RecordingProxyOptions,
  type RunningGitHost,
  type RunningRecordingProxy,
  recorded,
  startGitHost,
} from '@ameide/local-registries';
import { createHttp, createProcesses } from '@ameide/publisher-kit';
import {
  COMMIT_TIME,
  createTestRepository,
  type OpenedRun,
  openRun,
  type RunReport,
  repositoryCommit,
  runGit,
  runPublisher,
  type TestCommit,
} from '@ameide/publisher-kit/testing';
import type {
  Coordinate,
  Finding,
  Member,
  Problem,
  PublisherDefinition,
  Signing,
} from '@ameide/versioning-core';
import { type GoModuleOptions, type GoModulePorts, goModule } from '../src/index.ts';
import { openGo } from './go-command.ts';

export { COMMIT_TIME as NOON, runGit as git } from '@ameide/publisher-kit/testing';

export const MODULE = 'github.com/ameideio/ameide-sdk-go';
const FILES: Readonly<Record<string, string>> = {
  'packages/sdk/go.mod': `module ${MODULE}\n\ngo 1.21\n`,
  'packages/sdk/sdk.go':
    'package ameide\n\n// Answer is what the tests ask for.\nconst Answer = 42\n',
};

export interface LabOptions extends Partial<GoModuleOptions> {
  /** Publishes in place, with this repository as the remote, instead of through a mirror. */
  readonly inPlace?: boolean;
  /** What `prepare` of the release definition does to the checkout. */
  readonly prepare?: (checkout: string) => void;
  /** Other modules of the release. */
  readonly members?: readonly Member[];
  /** How the release signs. */
  readonly signing?: Signing;
}

/** A source repository to commit to, and a git host behind a recording proxy for its mirror. */
export interface Lab extends AsyncDisposable {
  readonly directory: string;
  readonly host: RunningGitHost;
  readonly proxy: RunningRecordingProxy;
  /** Clone URL of the mirror, through the proxy. */
  readonly url: string;
  /** The mirror's bare repository. */
  readonly bare: string;
  /** Every argv that the publisher ran. */
  readonly argv: (readonly string[])[];
  /** The publisher's, unless the options name others. */
  readonly ports: GoModulePorts;
  scratch(): string;
  commit(files?: Readonly<Record<string, string>>, at?: number | string): string;
  tag(name: string, sha?: string): void;
  open(sha: string, ref: string, options?: LabOptions): Promise<OpenedRun>;
  /** All verbs, each once. */
  run(sha: string, ref: string, options?: LabOptions): Promise<RunReport>;
  trace(version: string, options?: LabOptions): Promise<Finding>;
  /** What the commit decides, as `plan` of the engine reports it. */
  validate(sha: string, options?: LabOptions): Promise<readonly Problem[]>;
  /**
   * Publishes a commit's folder without us, as it is, and compiles it in a project that depends on
   * it: `compiles`, or what go says.
   */
  compileAsIs(sha: string): Promise<string>;
  /** Ref → commit, annotated tags peeled. */
  refs(): Readonly<Record<string, string>>;
  /** Every value a ref of the mirror ever had, oldest first. */
  moves(ref: string): readonly string[];
  reads(): readonly RecordedRequest[];
}

/** The pauses between two attempts, none of which a test waits for. */
const atOnce = (): Promise<void> => Promise.resolve();

export const BRANCH = 'refs/heads/main';
export const tagRef = (version: string): string => `refs/tags/${version}`;

export async function openLab(
  settings: {
    readonly files?: Readonly<Record<string, string>>;
    readonly proxy?: RecordingProxyOptions;
    readonly mirror?: string;
  } = {},
): Promise<Lab> {
  const root = mkdtempSync(join(tmpdir(), 'publisher-go-'));
  const repositoryName = settings.mirror ?? 'ameideio/ameide-sdk-go';
  const running = await recorded(startGitHost({ repositories: [repositoryName] }), settings.proxy);
  const { proxy, registry: host } = running;
  const repository = createTestRepository({ origin: 'https://github.com/ameideio/ameide.git' });
  const { directory } = repository;
  const git = (...args: readonly string[]): string => repository.git(...args);
  const url = `${proxy.url}/${repositoryName}.git`;
  const bare = host.path(repositoryName);
  const argv: (readonly string[])[] = [];
  const real = createProcesses();
  const processes = {
    ...real,
    run: (command: Parameters<typeof real.run>[0]) => (argv.push(command.argv), real.run(command)),
  };
  const ports = { processes, http: createHttp({ sleep: atOnce }), sleep: atOnce };
  const runs: OpenedRun[] = [];
  let count = 0;

  const scratch = (): string => mkdtempSync(join(root, 'scratch-'));
  const define = async (
    sha: string,
    ref: string,
    { inPlace = false, members = [], prepare, signing, ...options }: LabOptions = {},
  ): Promise<[PublisherDefinition, TestCommit]> => {
    const commit = await repositoryCommit(await repository.open(), {
      sha,
      ref,
      prepare,
      tags: [],
      afterRelease: 'keep',
    });
    const definition = goModule({
      directory: 'packages/sdk',
      ...(inPlace ? { remote: url } : { mirror: url }),
      token: host.token,
      user: host.user,
      ports,
      ...options,
    });
    const release: TestCommit['release'] = async (own) => ({
      ...(await commit.release([...own, ...members])),
      ...(signing === undefined ? {} : { signing }),
    });
    return [definition, { ...commit, release }];
  };
  const open: Lab['open'] = async (...what) => {
    const run = await openRun(...(await define(...what)));
    runs.push(run);
    return run;
  };

  return {
    directory,
    host,
    proxy,
    url,
    bare,
    argv,
    ports,
    scratch,
    open,
    commit(change = {}, at) {
      count += 1;
      const files =
        count <= 1
          ? { ...FILES, ...settings.files }
          : { 'packages/sdk/change.go': `package ameide\n\nconst Change = ${count}\n` };
      const time = typeof at === 'string' ? at : `${at ?? COMMIT_TIME + count * 60} +0000`;
      return repository.commit({ files: { ...files, ...change }, message: 'change', time });
    },
    tag: (name, sha = 'HEAD') => void git('tag', name, sha),
    run: async (...what) => runPublisher(...(await define(...what))),
    async trace(version, options) {
      const { publisher, plan, step } = await open('HEAD', BRANCH, options);
      const coordinate: Coordinate = {
        ecosystem: 'go',
        name: plan.coordinates[0]?.name ?? '',
        version,
      };
      const [finding] = await publisher.inspect({ coordinate }, step);
      if (finding === undefined) throw new Error('no finding');
      return finding;
    },
    async validate(sha, options) {
      const { publisher, plan, step } = await open(sha, BRANCH, options);
      return (await publisher.validate?.(plan, step)) ?? [];
    },
    async compileAsIs(sha) {
      const commit = git('commit-tree', '-m', 'as it is', git('rev-parse', `${sha}:packages/sdk`));
      git('push', '--quiet', bare, `${commit}:refs/heads/main`);
      return openGo(scratch(), { [MODULE]: `file://${bare}` }).compile(MODULE, commit);
    },
    refs() {
      const format = '--format=%(refname) %(objectname) %(*objectname)';
      const lines = runGit(bare, ['for-each-ref', format]).split('\n');
      return Object.fromEntries(
        lines
          .filter((line) => line !== '')
          .map((line) => line.split(' '))
          .map(([ref, id, peeled]) => [ref ?? '', peeled || id || '']),
      );
    },
    moves: (ref) => runGit(bare, ['reflog', 'show', '--format=%H', ref]).split('\n').toReversed(),
    reads: () => proxy.requests.filter(({ mutating }) => !mutating),
    async [Symbol.asyncDispose]() {
      await Promise.all([...runs, repository, running].map((one) => one[Symbol.asyncDispose]()));
      rmSync(root, { recursive: true, force: true });
    },
  };
}
