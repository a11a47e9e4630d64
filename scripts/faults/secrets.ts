import { readFileSync } from 'node:fs';
import { startArgvSampler } from '../../packages/publisher-kit/src/contract/argv-sampler.ts';
import { createSecretScan } from '../../packages/publisher-kit/src/contract/secret-scan.ts';
import type { RunResult } from './runs.ts';
import type { World } from './world.ts';

/** Where the tokens of a run were looked for, and where they were found. */
export interface SecretReport {
  /** How many different command lines and environments of programs were seen. */
  readonly commandLines: number;
  readonly environments: number;
  /** Empty if there is no leak. */
  readonly found: readonly string[];
}

/** These talk to the mirror: one of them gets its token, in its environment alone. */
const NEEDS_TOKEN = /^(?:\S*\/)?git(?:-remote-https?)? /;

/**
 * Watches a run of the command with its builds: what it says, the command lines and environments of
 * all programs that it starts, and everything that the registries then hold.
 */
export async function watchSecrets(
  world: World,
  run: () => Promise<RunResult>,
): Promise<SecretReport> {
  const environments = new Map<string, string>();
  const argv = startArgvSampler((pid, commandLine) => {
    const environment = read(pid, 'environ');
    // A process that just starts a program has the one of its parent for a moment.
    const isSettled = commandLine !== '' && read(pid, 'cmdline') === commandLine;
    if (isSettled && environment !== '') environments.set(`${pid} ${commandLine}`, environment);
  });
  const { output } = await run();
  argv[Symbol.dispose]();
  const scan = createSecretScan(world.tokens);
  const others = [...environments].filter(([name]) => !isAllowed(name.replace(/^\d+ /, '')));
  return {
    commandLines: argv.seen().length,
    environments: others.length,
    found: [
      ...(scan.inValue(output) ? ['output'] : []),
      ...argv.seen().filter((line) => scan.inValue(line)),
      ...others.filter(([, text]) => scan.inValue(text)).map(([name]) => `environment of ${name}`),
      ...(await scan.inFiles(world.stored)),
    ],
  };
}

/** The command itself gets the tokens in its environment. */
function isAllowed(commandLine: string): boolean {
  return NEEDS_TOKEN.test(commandLine) || commandLine.includes('release/src/bin.ts');
}

function read(pid: string, name: 'environ' | 'cmdline'): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'latin1').replaceAll('\0', ' ');
  } catch {
    return ''; // It has ended.
  }
}
