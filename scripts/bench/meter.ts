import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';

interface Call {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** What one side of a pair took. */
export interface Measured {
  readonly ms: number;
  /** The largest resident set of one of its processes, without their children. 0 where the system has no /proc. */
  readonly peakMiB: number;
}

/** Runs the programs of one side, and notes how much memory they take. */
export interface Meter {
  /** Runs a program to its end and returns what it printed. Any exit code but 0 is an error. */
  readonly run: (argv: readonly string[], call: Call) => Promise<string>;
}

/** How often the kernel is asked for a program's peak, which it remembers itself. */
const SAMPLE_MS = 10;

/** Runs one side of a pair, from the start of its first program to the end of its last. */
export async function measure(
  environment: NodeJS.ProcessEnv,
  side: (meter: Meter) => Promise<void>,
): Promise<Measured> {
  let peakMiB = 0;
  const meter = createMeter(environment, (mib) => (peakMiB = Math.max(peakMiB, mib)));
  const start = performance.now();
  await side(meter);
  return { ms: performance.now() - start, peakMiB };
}

export function createMeter(environment: NodeJS.ProcessEnv, onPeak?: (mib: number) => void): Meter {
  return {
    run: (argv, { cwd, env }) =>
      new Promise((resolve, reject) => {
        const [program = '', ...args] = argv;
        const child = spawn(program, args, {
          cwd,
          env: { ...environment, ...env },
          stdio: ['ignore', 'pipe', 'pipe'],
        });
        let stdout = '';
        let stderr = '';
        child.stdout.on('data', (chunk) => (stdout += chunk));
        child.stderr.on('data', (chunk) => (stderr += chunk));
        const sampler =
          onPeak === undefined
            ? undefined
            : setInterval(() => void peakOf(child.pid).then(onPeak), SAMPLE_MS);
        child.on('error', (error) => {
          clearInterval(sampler);
          reject(error);
        });
        child.on('close', (code, signal) => {
          clearInterval(sampler);
          if (code === 0) return resolve(stdout);
          const output = `${stdout}${stderr}`.trimEnd().slice(-4000);
          reject(new Error(`${argv.join(' ')} ended with ${code ?? signal}\n${output}`));
        });
      }),
  };
}

async function peakOf(pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) / 1024;
}
