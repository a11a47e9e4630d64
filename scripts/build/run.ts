import { spawnSync } from 'node:child_process';

export interface RunOptions {
  readonly cwd: string;
  /** Variables beside those of this process. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a program to its end and returns what it printed. Throws if it fails. */
export function run([program = '', ...args]: readonly string[], { cwd, env }: RunOptions): string {
  const { status, stdout, error } = spawnSync(program, args, {
    cwd,
    env: { ...process.env, ...env },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}\n${stdout}`);
  return stdout;
}
