import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type RecordedRequest, startGitHost, startRecordingProxy } from '@ameide/local-registries';
import {
  createHttp,
  createProcesses,
  openRepository,
  type Repository,
} from '@ameide/publisher-kit';
import {
  type Built,
  type Coordinate,
  canonical,
  classifyRef,
  deriveVersions,
  type Finding,
  type PointerMove,
  type Problem,
  type Published,
  type Release,
  type Result,
  type SourceTree,
  type Step,
} from '@ameide/versioning-core';
import { type GoModuleOptions, goModule } from '../src/index.ts';
import { openGo } from './go-command.ts';

export const MODULE = 'github.com/ameideio/ameide-sdk-go';
const FILES: Readonly<Record<string, string>> = {
  'packages/sdk/go.mod': `module ${MODULE}\n\ngo 1.21\n`,
  'packages/sdk/sdk.go':
    'package ameide\n\n// Answer is what the tests ask for.\nconst Answer = 42\n',
};
/** The north star's own time: 2025-11-13T15:32:11Z. */
export const NOON = 1763047931;

const ENV: NodeJS.ProcessEnv = {
  PATH: process.env['PATH'],
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'Ada Example',
  GIT_AUTHOR_EMAIL: 'ada@example.org',
  GIT_COMMITTER_NAME: 'Ada Example',
  GIT_COMMITTER_EMAIL: 'ada@example.org',
};

/** git, with nothing of the user's own configuration. Returns what it printed, trimmed. */
export function git(
  directory: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  input = '',
): string {
  return execFileSync('git', ['-C', directory, ...args], {
    env: { ...ENV, ...env },
    encoding: 'utf8',
    stdio: 'pipe',
    input,
  }).trim();
}

/** Everything one run of the engine did for the publisher. */
interface Run {
  readonly problems: readonly Problem[];
  readonly published: readonly Published[];
  readonly found: readonly Finding[];
  readonly moves: readonly PointerMove[];
}

export interface LabOptions extends Partial<GoModuleOptions> {
  /** Publishes in place, with this repository as the remote, instead of through a mirror. */
  readonly inPlace?: boolean;
  /** What `prepare` of the release definition does to the checkout. */
  readonly prepare?: (checkout: string) => void;
}

type Host = Awaited<ReturnType<typeof startGitHost>>;
type Proxy = Awaited<ReturnType<typeof startRecordingProxy>>;
type Fault = NonNullable<Parameters<typeof startRecordingProxy>[1]>;

/** A source repository to commit to, and a git host behind a recording proxy for its mirror. */
export interface Lab extends AsyncDisposable {
  readonly directory: string;
  readonly host: Host;
  readonly proxy: Proxy;
  /** Clone URL of the mirror, through the proxy. */
  readonly url: string;
  /** The mirror's bare repository. */
  readonly bare: string;
  /** Every argv that the publisher ran. */
  readonly argv: (readonly string[])[];
  scratch(): string;
  commit(files?: Readonly<Record<string, string>>, at?: number | string): string;
  tag(name: string, sha?: string): void;
  open(sha: string, ref: string, options?: LabOptions): Promise<Opened>;
  /**
   * validate, check, inspect, read pointers, build, publish, inspect, promote: what the engine does, each once.
   */
  run(sha: string, ref: string, options?: LabOptions): Promise<Run>;
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

interface Opened {
  readonly publisher: Awaited<ReturnType<ReturnType<typeof goModule>['open']>>;
  readonly plan: ReturnType<Opened['publisher']['plan']>;
  readonly release: Release;
  readonly source: SourceTree;
  /** As the engine makes them: a new one for each verb, with the workspace of the run. */
  readonly step: Step;
  readonly messages: readonly string[];
  /** Makes a checkout of the commit, prepares it, and builds. */
  readonly build: () => Promise<Result<Built>>;
}

/** What was built; throws when it was not. */
export function builtOf(result: Result<Built>): Built {
  if (result.value === undefined) throw new Error(result.problems[0].message);
  return result.value;
}

/** The pauses between two attempts, none of which a test waits for. */
const atOnce = (): Promise<void> => Promise.resolve();

export const BRANCH = 'refs/heads/main';
export const tagRef = (version: string): string => `refs/tags/${version}`;

export async function openLab(
  settings: {
    readonly files?: Readonly<Record<string, string>>;
    readonly proxy?: Fault;
    readonly mirror?: string;
  } = {},
): Promise<Lab> {
  const root = mkdtempSync(join(tmpdir(), 'publisher-go-'));
  const repositoryName = settings.mirror ?? 'ameideio/ameide-sdk-go';
  const host = await startGitHost({ repositories: [repositoryName] });
  const proxy = await startRecordingProxy(host.url, settings.proxy ?? {});
  const directory = join(root, 'source');
  const url = `${proxy.url}/${repositoryName}.git`;
  const bare = host.path(repositoryName);
  const argv: (readonly string[])[] = [];
  const real = createProcesses();
  const processes = {
    ...real,
    run: (command: Parameters<typeof real.run>[0]) => (argv.push(command.argv), real.run(command)),
  };
  const files = { ...FILES, ...settings.files };
  const opened: Repository[] = [];
  let count = 0;

  mkdirSync(directory);
  git(directory, ['init', '--quiet', '--initial-branch=main']);
  git(directory, ['remote', 'add', 'origin', 'https://github.com/ameideio/ameide.git']);

  const write = (texts: Readonly<Record<string, string>>): void => {
    for (const [path, text] of Object.entries(texts)) {
      mkdirSync(dirname(join(directory, path)), { recursive: true });
      writeFileSync(join(directory, path), text);
    }
  };
  const scratch = (): string => mkdtempSync(join(root, 'scratch-'));
  const open: Lab['open'] = async (sha, ref, labOptions = {}) => {
    const { inPlace = false, prepare, ...options } = labOptions;
    const repository = await openRepository(directory);
    opened.push(repository);
    const source = repository.source(await repository.resolve(sha));
    const definition = goModule({
      directory: 'packages/sdk',
      ...(inPlace ? { remote: url } : { mirror: url }),
      token: host.token,
      user: host.user,
      ports: { processes, http: createHttp({ sleep: atOnce }), sleep: atOnce },
      ...options,
    });
    const publisher = await definition.open(source);
    const channel = classifyRef(ref);
    const base = 'base' in channel ? channel.base : '0.1.0';
    const tuple = canonical({ base, sha, datetime: await repository.commitTime(sha) });
    const versions = deriveVersions(tuple, channel, { tags: [] }, { afterRelease: 'keep' });
    const release: Release = {
      canonical: tuple,
      channel,
      versions,
      members: publisher.members,
      repository: 'https://github.com/ameideio/ameide',
    };
    const messages: string[] = [];
    const { signal } = new AbortController();
    const workspace = scratch();
    const history = repository.history();
    let checkout = '';
    const step = (): Step => ({
      signal,
      workspace,
      source,
      checkout,
      environment: {},
      history,
      emit: ({ message }) => void messages.push(message),
    });
    // Plans go through the journal.
    const plan = JSON.parse(JSON.stringify(publisher.plan(release))) as Opened['plan'];
    return {
      publisher,
      plan,
      release,
      source,
      messages,
      get step() {
        return step();
      },
      async build() {
        checkout = scratch();
        await repository.checkout(await repository.resolve(sha), checkout);
        prepare?.(checkout);
        return publisher.build(plan, step());
      },
    };
  };

  return {
    directory,
    host,
    proxy,
    url,
    bare,
    argv,
    scratch,
    open,
    commit(change = {}, at) {
      count += 1;
      write(
        count <= 1
          ? { ...files, ...change }
          : { 'packages/sdk/change.go': `package ameide\n\nconst Change = ${count}\n`, ...change },
      );
      const date = typeof at === 'string' ? at : `${at ?? NOON + count * 60} +0000`;
      git(directory, ['add', '--all', '--force']);
      git(directory, ['commit', '--quiet', '--allow-empty', '--message=change'], {
        GIT_AUTHOR_DATE: date,
        GIT_COMMITTER_DATE: date,
      });
      return git(directory, ['rev-parse', 'HEAD']);
    },
    tag: (name, sha = 'HEAD') => void git(directory, ['tag', name, sha]),
    async run(sha, ref, options) {
      const run = await open(sha, ref, options);
      const { publisher, plan } = run;
      const found = await publisher.inspect({ plan }, run.step);
      const pointers = (await publisher.pointers?.(plan, run.step)) ?? [];
      const problems = [
        ...((await publisher.validate?.(plan, run.step)) ?? []),
        ...(await publisher.check(plan, run.step)),
        ...[...found, ...pointers].flatMap(({ problem }) => problem ?? []),
      ];
      if (problems.length > 0) return { problems, published: [], found, moves: [] };
      const result = await run.build();
      if (result.value === undefined)
        return { problems: result.problems, published: [], found, moves: [] };
      // What was built goes through the journal, too.
      const built = JSON.parse(JSON.stringify(result.value)) as Built;
      const published = await publisher.publish(plan, built, run.step);
      const verified = await publisher.inspect({ plan, built }, run.step);
      const moves = published.every(({ problem }) => problem === undefined)
        ? ((await publisher.promote?.(plan, run.step)) ?? [])
        : [];
      return {
        problems: published.flatMap(({ problem }) => problem ?? []),
        published,
        found: verified,
        moves,
      };
    },
    async trace(version, options) {
      const { publisher, plan, step } = await open(
        git(directory, ['rev-parse', 'HEAD']),
        BRANCH,
        options,
      );
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
      const tree = git(directory, ['rev-parse', `${sha}:packages/sdk`]);
      const commit = git(directory, ['commit-tree', '-m', 'as it is', tree]);
      git(directory, ['push', '--quiet', bare, `${commit}:refs/heads/main`]);
      return openGo(scratch(), { [MODULE]: `file://${bare}` }).compile(MODULE, commit);
    },
    refs() {
      const lines = git(bare, [
        'for-each-ref',
        '--format=%(refname) %(objectname) %(*objectname)',
      ]).split('\n');
      return Object.fromEntries(
        lines
          .filter((line) => line !== '')
          .map((line) => line.split(' '))
          .map(([ref, id, peeled]) => [ref ?? '', peeled || id || '']),
      );
    },
    moves: (ref) => git(bare, ['reflog', 'show', '--format=%H', ref]).split('\n').toReversed(),
    reads: () => proxy.requests.filter(({ mutating }) => !mutating),
    async [Symbol.asyncDispose]() {
      await Promise.all(opened.map((repository) => repository.close()));
      await Promise.all([proxy.stop(), host.stop()]);
      rmSync(root, { recursive: true, force: true });
    },
  };
}
