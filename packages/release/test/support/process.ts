import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CliResult } from './cli.ts';

const BIN = join(import.meta.dirname, '../../src/bin.ts');
const MANY = fileURLToPath(new URL('./many.ts', import.meta.url));

export interface ProcessOptions {
  /** All that the process gets beside PATH and HOME. */
  readonly env?: Readonly<Record<string, string>>;
  /** Called with the process's id as soon as it runs. */
  readonly onStart?: (pid: number) => void;
  /** For Node itself, before the program. */
  readonly nodeArguments?: readonly string[];
  /** The words of a program that runs it: `unshare`, and its options. */
  readonly inside?: readonly string[];
}

export interface ProcessResult extends Omit<CliResult, 'code'> {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Runs `ameide-release` as users do: as a process of its own. */
export async function runProcess(
  argv: readonly string[],
  options: ProcessOptions = {},
): Promise<ProcessResult> {
  return runNode([...(options.nodeArguments ?? []), BIN, ...argv], options);
}

/** Runs many command lines, one after the other, in one process of their own. */
export async function runMany(
  lines: readonly (readonly string[])[],
  options: ProcessOptions = {},
): Promise<readonly (CliResult & { readonly argv: readonly string[] })[]> {
  const { code, stdout, stderr } = await runNode([MANY], options, JSON.stringify(lines));
  if (code !== 0) throw new Error(`the process ended with ${code}\n${stderr}`);
  return JSON.parse(stdout);
}

function runNode(
  argv: readonly string[],
  { env = {}, inside = [], onStart }: ProcessOptions,
  input = '',
): Promise<ProcessResult> {
  const { PATH = '', HOME = '' } = process.env;
  const [program = process.execPath, ...words] = [...inside, process.execPath, ...argv];
  const child = spawn(program, words, { env: { PATH, HOME, ...env }, stdio: 'pipe' });
  // A program that never reads its input may have ended before it is written.
  child.stdin.on('error', () => undefined).end(input);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => (stdout += chunk));
  child.stderr.on('data', (chunk) => (stderr += chunk));
  if (child.pid !== undefined) onStart?.(child.pid);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}
