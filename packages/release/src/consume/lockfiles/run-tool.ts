import { join } from 'node:path';
import { type Processes, processProblem } from '@ameide/publisher-kit';
import type { Problem } from '@ameide/versioning-core';
import type { ConsumeChange } from '../planned-file.ts';
import { configurationOf, toolEnvironment } from './configuration.ts';
import { lockHint } from './lock-hint.ts';
import type { LockJob } from './lock-job.ts';
import { lockTool } from './lock-tools.ts';

export interface Running {
  /** The private copy. */
  readonly copy: string;
  /** Links that the copy lacks, because they lead out of it. */
  readonly missingLinks: readonly string[];
  readonly processes: Processes;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  /** Called before a tool is run: `services/web/package-lock.json: npm install …`. */
  readonly onTool: (text: string) => void;
}

/** True if `go mod tidy` would change nothing. */
export async function isTidy(job: LockJob, running: Running): Promise<boolean> {
  const result = await runTool(job, ['go', 'mod', 'tidy', '-diff'], running, { GOWORK: 'off' });
  return result.ok;
}

async function runTool(
  { folder, kind }: LockJob,
  argv: readonly [string, ...string[]],
  { copy, env, processes, signal }: Running,
  settings: Readonly<Record<string, string>> = {},
): ReturnType<Processes['run']> {
  const configuration = await configurationOf(kind, { env, copy, folder });
  return processes.run({
    argv,
    cwd: join(copy, folder),
    env: { ...toolEnvironment(kind, env, configuration), ...settings },
    signal,
    endsGroup: true,
  });
}

/** The beginning of the codes: `consume-lockfile-failed`, `consume-lockfile-not-found`. */
const FAILED = 'consume-lockfile';

/** Runs a lockfile's tool. `places`: what its manifests ask for of the release. */
export async function runLockTool(
  job: LockJob,
  { places, wasTidy }: { readonly places: readonly ConsumeChange[]; readonly wasTidy: boolean },
  running: Running,
): Promise<readonly Problem[]> {
  const modules = [...new Set(places.map(({ name, to }) => `${name}@${to}`))];
  const tool = lockTool(job.kind, { modules, wasTidy });
  const [output = ''] = job.outputs;
  for (const argv of tool?.commands ?? []) {
    running.onTool(`${output}: ${argv.join(' ')}`);
    const result = await runTool(job, argv, running, tool?.settings);
    if (result.ok) continue;
    const hint =
      result.failure === 'not-found'
        ? `Install ${argv[0]}, or put its folder on PATH; or run with --skip-lockfiles and renew the lockfile yourself.`
        : (lockHint(job.kind, `${result.stdoutText}\n${result.stderrText}`) ?? otherHint(running));
    return [processProblem({ code: FAILED, what: `renew ${output}`, result, hint })];
  }
  return [];
}

function otherHint({ missingLinks }: Running): string {
  const links =
    missingLinks.length === 0
      ? ''
      : ` Links that lead out of the repository are not in that copy: ${missingLinks.join(', ')}.`;
  return `It ran in a private copy of the repository, with your settings and without the tokens for publishing: run it by hand to see all that it prints.${links}`;
}
