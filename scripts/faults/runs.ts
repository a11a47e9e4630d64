import { join } from 'node:path';
import {
  createHttp,
  createProcesses,
  type Http,
  openRepository,
  sleep,
} from '@ameide/publisher-kit';
import { publishRelease, type ReleaseReport } from '@ameide/release';
import { MACHINE } from '../../packages/release/test/support/ameide-world.ts';
import { runProcess } from '../../packages/release/test/support/process.ts';
import { exampleDefinition, type Ports } from './definition.ts';
import { onlyPrepared } from './prepared.ts';
import { labelOf } from './steps.ts';
import type { World } from './world.ts';

/** How one run ended. */
export interface RunResult {
  /** Null for a process that a signal ended. */
  readonly exitCode: number | null;
  readonly report?: ReleaseReport;
  /** Everything that it printed. */
  readonly output: string;
}

export interface RunInput {
  readonly world: World;
  /** The clone. */
  readonly directory: string;
  /** The folder of the builds. */
  readonly builds: string;
}

/** A second of waiting passes in ten milliseconds. */
const SCALE = 100;

export interface EngineOptions {
  /** The label of the requests that give up after seconds, not minutes. */
  readonly impatientAt?: string;
  /** The ids of the publishers. Default: all. */
  readonly only?: readonly string[];
}

/** Runs the engine in this process. */
export async function runHere(
  { world, directory, builds }: RunInput,
  { impatientAt, only = [] }: EngineOptions = {},
): Promise<RunResult> {
  await using repository = await openRepository(directory);
  const output: string[] = [];
  const report = await publishRelease({
    repository,
    definition: onlyPrepared(exampleDefinition(world.env, portsOf(impatientAt)), builds),
    env: {},
    only,
    onEvent: (event) => output.push(JSON.stringify(event)),
    clock: {
      now: () => performance.now() * SCALE,
      date: () => new Date(),
      sleep: fastSleep,
    },
  });
  output.push(JSON.stringify(report));
  return { exitCode: report.exitCode, report, output: output.join('\n') };
}

const fastSleep = (ms: number, signal: AbortSignal): Promise<void> => sleep(ms / SCALE, signal);

function portsOf(impatientAt: string | undefined): Ports {
  const http = createHttp({ sleep: fastSleep });
  if (impatientAt === undefined) return { http, sleep: fastSleep };
  const processes = createProcesses();
  return {
    http: impatient(http, impatientAt),
    sleep: fastSleep,
    uploadTimeoutMs: IMPATIENT_MS,
    processes: {
      which: (program) => processes.which(program),
      // git-config(1): the variable overrides http.lowSpeedTime.
      run: (command) =>
        processes.run({ ...command, env: { ...command.env, GIT_HTTP_LOW_SPEED_TIME: '3' } }),
    },
  };
}

const IMPATIENT_MS = 3000;

function impatient(http: Http, label: string): Http {
  return {
    request(request) {
      const { pathname, search } = new URL(request.url);
      const asked = labelOf({ method: request.method, path: `${pathname}${search}` });
      return http.request(asked === label ? { ...request, deadlineMs: IMPATIENT_MS } : request);
    },
  };
}

/** Runs `ameide-release publish --json` as users do. */
export async function runCommand(
  { world, directory, builds }: RunInput,
  options: {
    readonly env?: Readonly<Record<string, string>>;
    readonly onStart?: (pid: number) => void;
    readonly inside?: readonly string[];
  } = {},
): Promise<RunResult> {
  const config = join(import.meta.dirname, 'release.config.ts');
  const { env, ...others } = options;
  const result = await runProcess(['-C', directory, 'publish', '--json', '--config', config], {
    ...others,
    env: {
      ...MACHINE,
      ...(world.env as Readonly<Record<string, string>>),
      FAULTS_BUILDS: builds,
      TMPDIR: world.temporary,
      ...env,
    },
  });
  const output = result.stdout + result.stderr;
  return {
    exitCode: result.code,
    output,
    ...(result.stdout === '' ? {} : { report: JSON.parse(result.stdout) as ReleaseReport }),
  };
}
