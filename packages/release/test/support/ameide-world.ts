import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type LocalRegistries,
  type RecordedRequest,
  type RecordingProxyOptions,
  type RunningRecordingProxy,
  startLocalRegistries,
  startRecordingProxy,
} from '@ameide/local-registries';
import { runGit } from '@ameide/publisher-kit/testing';
import {
  createDemoRepository,
  type DemoRepository,
  REPOSITORY,
} from '../../../../scripts/demo/repository.ts';
import { startTrust, type Trust } from '../../../../scripts/demo/trust.ts';
import type { ReleaseReport } from '../../src/report/release-report.ts';
import { type ProcessResult, runMany, runProcess } from './process.ts';

const ROOT = join(import.meta.dirname, '../../../..');
const NAMES = ['npm', 'python', 'oci', 'git'] as const;

/**
 * The machine's own settings, which a build may need to fetch its tools (caches, a proxy,
 * certificates), but not those of a CI run, and no token.
 */
export const MACHINE: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(process.env).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && !/^(?:GITHUB|VITEST|NODE)_|_TOKEN$/.test(entry[0]),
  ),
);

/** The example monorepo as a git repository of its own. */
export interface AmeideRepository extends DemoRepository {
  /** The services that its definition signs with, until it is removed. */
  readonly trust: Trust;
  git(...args: string[]): string;
  /** Clones it beside itself, as a CI job does. */
  clone(name: string): Pick<AmeideRepository, 'directory'>;
  remove(): Promise<void>;
}

export async function createAmeideRepository(): Promise<AmeideRepository> {
  const home = await mkdtemp(join(tmpdir(), 'ameide-example-'));
  const trust = await startTrust();
  const repository = await createDemoRepository(ROOT, home, trust.sigstore.option);
  return {
    ...repository,
    trust,
    git: (...args) => runGit(repository.directory, args),
    clone(name) {
      const directory = join(home, name);
      runGit(home, ['clone', '--quiet', '--no-hardlinks', repository.directory, directory]);
      runGit(directory, ['remote', 'set-url', 'origin', REPOSITORY]);
      return { directory };
    },
    async remove() {
      await trust.stop();
      await rm(home, { recursive: true, force: true });
    },
  };
}

/** Four empty registries, each behind a proxy that records. */
export interface Registries {
  /** What the example's definition reads. */
  readonly env: Readonly<Record<string, string>>;
  /** Those of the registries, and all that were made for the identity of a job so far. */
  readonly tokens: readonly string[];
  readonly trust: Trust;
  /** How many writing requests each registry has seen since the last `clear`. */
  mutating(): Readonly<Record<(typeof NAMES)[number], number>>;
  /** Every request that each registry has seen since the last `clear`. */
  requests(): Readonly<Record<(typeof NAMES)[number], readonly RecordedRequest[]>>;
  clear(): void;
  /** Called for each writing request, before it is passed on. */
  onMutating: ((request: RecordedRequest) => void) | undefined;
  /** Where its runs put their temporary folders. */
  readonly temporary: string;
  stop(): Promise<void>;
}

/** They take what the repository's jobs sign. `options` are for every proxy. */
export async function startRegistries(
  { trust }: Pick<AmeideRepository, 'trust'>,
  options: Pick<RecordingProxyOptions, 'onRequest' | 'onAnswer'> = {},
): Promise<Registries> {
  const local: LocalRegistries = await startLocalRegistries({
    goRepositories: ['ameideio/ameide-sdk-go'],
    trust,
  });
  let running: Registries | undefined;
  const onRequest = (request: RecordedRequest): void | Promise<void> => {
    if (request.mutating) running?.onMutating?.(request);
    return options.onRequest?.(request);
  };
  const proxies = await Promise.all(
    NAMES.map((name) => startRecordingProxy(local[name].url, { ...options, onRequest })),
  );
  const [npm, python, oci, git] = proxies.map(({ url }) => url);
  const temporary = await mkdtemp(join(tmpdir(), 'ameide-end-to-end-'));
  const env = {
    ...MACHINE,
    NPM_REGISTRY: npm ?? '',
    NPM_TOKEN: local.npm.token,
    PYPI_UPLOAD_URL: `${python}/legacy/`,
    PYPI_SIMPLE_URL: `${python}/simple/`,
    GO_MIRROR: `${git}/ameideio/ameide-sdk-go.git`,
    GO_MIRROR_TOKEN: local.git.token,
    OCI_PREFIX: `${new URL(oci ?? '').host}/ameideio`,
    OCI_USER: local.oci.user,
    OCI_TOKEN: local.oci.password,
    TMPDIR: temporary,
  };
  const proxy = (name: (typeof NAMES)[number]): RunningRecordingProxy =>
    proxies[NAMES.indexOf(name)] as RunningRecordingProxy;
  const ofEach = <T>(read: (one: RunningRecordingProxy) => T) => ({
    npm: read(proxy('npm')),
    python: read(proxy('python')),
    oci: read(proxy('oci')),
    git: read(proxy('git')),
  });
  running = {
    env,
    trust,
    get tokens() {
      const { npm, python, git, oci } = local;
      const made = [...trust.issuer.secrets(), ...python.minted()];
      return [npm.token, python.token, git.token, oci.password, ...made];
    },
    mutating: () => ofEach((one) => one.mutating().length),
    requests: () => ofEach(({ requests }) => requests),
    clear: () => proxies.forEach((proxy) => proxy.clear()),
    onMutating: undefined,
    temporary,
    stop: async () => {
      await Promise.all(proxies.map((proxy) => proxy.stop()));
      await local.stop();
      await rm(temporary, { recursive: true, force: true });
    },
  };
  return running;
}

export interface PublishResult extends ProcessResult {
  /** Undefined when the process printed none. */
  readonly report: ReleaseReport | undefined;
}

/** `ameide-release publish --json` as a process of its own. */
export async function publishAmeide(
  repository: Pick<AmeideRepository, 'directory'>,
  registries: Registries,
  options: RunOptions = {},
): Promise<PublishResult> {
  return runAmeide(['publish'], repository, registries, options);
}

interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly onStart?: (pid: number) => void;
}

/**
 * A command of `ameide-release`, with `--json`, as a process of its own: in a job of the example's workflow, for what
 * is checked out. Only a job that builds has no identity.
 */
export async function runAmeide(
  command: readonly string[],
  { directory }: Pick<AmeideRepository, 'directory'>,
  registries: Pick<Registries, 'env' | 'temporary' | 'trust'>,
  options: RunOptions = {},
): Promise<PublishResult> {
  await mkdir(registries.temporary, { recursive: true });
  const job = command[0] === 'build' ? {} : registries.trust.job(checkedOut(directory, command));
  const result = await runProcess(['-C', directory, ...command, '--json'], {
    ...options,
    env: { ...registries.env, ...job, ...options.env },
  });
  return { ...result, report: result.stdout === '' ? undefined : JSON.parse(result.stdout) };
}

/** The commit, and the ref of a run for it: what `--ref` names, a version tag, or `main`. */
function checkedOut(
  directory: string,
  command: readonly string[],
): { readonly sha: string; readonly ref: string } {
  const sha = runGit(directory, ['rev-parse', 'HEAD']).trim();
  if (command.includes('--ref')) return { sha, ref: command[command.indexOf('--ref') + 1] ?? '' };
  const [tag] = runGit(directory, ['tag', '--points-at', 'HEAD', 'v*']).trim().split('\n');
  return { sha, ref: tag === '' ? 'refs/heads/main' : `refs/tags/${tag}` };
}

/** `ameide-release trace --json` of many subjects. */
export async function traceAmeide(
  repository: AmeideRepository,
  registries: Registries,
  subjects: readonly string[],
) {
  const lines = subjects.map((subject) => ['-C', repository.directory, 'trace', '--json', subject]);
  return (await runMany(lines, { env: registries.env })).map(({ code, stdout }) => ({
    code,
    report: JSON.parse(stdout),
  }));
}

/** The folders that runs have left behind. */
export async function leftBehind({ temporary }: Registries): Promise<readonly string[]> {
  return (await readdir(temporary)).filter((name) => name.startsWith('ameide-'));
}

/** Each artifact's digest, under a name that does not hold the registry's port. */
export function digestsOf(
  report: ReleaseReport | undefined,
): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(
    (report?.artifacts ?? []).map(({ coordinate, digest }) => [
      coordinate.replace(/127\.0\.0\.1:\d+/, 'registry'),
      digest,
    ]),
  );
}
