import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

interface Call {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** What one side used in one round. */
export interface Measured {
  readonly ms: number;
  /** The largest resident set of one of its programs, without children. 0 on a system without /proc. */
  readonly peakMiB: number;
  /** CPU time of all its programs, and of the children that they waited for. 0 on a system without /proc. */
  readonly cpuMs: number;
}

/** What one program has used so far. */
type Usage = Pick<Measured, 'peakMiB' | 'cpuMs'>;

/** Runs the programs of one side, and measures what they use. */
export interface Meter {
  /** Runs a program to its end and returns what it printed. Any exit code but 0 is an error. */
  readonly run: (argv: readonly string[], call: Call) => Promise<string>;
}

/** How often to ask the kernel what a program has used so far. */
const SAMPLE_MS = 10;

/** Runs one side of a pair, from the start of its first program to the end of its last. */
export async function measure(
  environment: NodeJS.ProcessEnv,
  side: (meter: Meter) => Promise<void>,
): Promise<Measured> {
  const programs = new Map<number, Usage>();
  const meter = createMeter(environment, (pid, usage) => programs.set(pid, usage));
  const start = performance.now();
  await side(meter);
  const ms = performance.now() - start;
  const used = [...programs.values()];
  return {
    ms,
    peakMiB: Math.max(0, ...used.map(({ peakMiB }) => peakMiB)),
    cpuMs: used.reduce((sum, { cpuMs }) => sum + cpuMs, 0),
  };
}

export function createMeter(
  environment: NodeJS.ProcessEnv,
  onUsage?: (pid: number, usage: Usage) => void,
): Meter {
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
        const sampler = onUsage && sample(child.pid, onUsage);
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

function sample(
  pid: number | undefined,
  onUsage: (pid: number, usage: Usage) => void,
): NodeJS.Timeout | undefined {
  if (pid === undefined) return undefined;
  return setInterval(() => {
    const usage = usageOf(pid);
    if (usage !== undefined) onUsage(pid, usage);
  }, SAMPLE_MS);
}

/** Linux counts CPU time in hundredths of a second for every program (proc_pid_stat(5), time(7)). */
const MS_PER_TICK = 10;

/** Undefined on a system without /proc, and for a program that has ended. Synchronous, so that samples stay in order. */
function usageOf(pid: number): Usage | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const peak = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
    if (peak === undefined) return undefined;
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The program's name, in brackets, may have spaces; 11 fields after it come utime, stime, cutime, cstime.
    const ticks = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .slice(11, 15);
    const cpuMs = ticks.reduce((sum, text) => sum + Number(text) * MS_PER_TICK, 0);
    return { peakMiB: Number(peak) / 1024, cpuMs };
  } catch {
    return undefined;
  }
}
