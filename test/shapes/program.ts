import { spawn } from 'node:child_process';
import type { Argv } from './shape.ts';

/**
 * The machine's own settings (PATH, HOME, caches, certificates), without those of the test run, of a
 * package manager that started it, and of its CI: what a maintainer's shell has.
 */
const MACHINE: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(process.env).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined &&
      (/^(?:PIP_CERT|UV_CACHE_DIR|NODE_EXTRA_CA_CERTS)$/.test(entry[0]) ||
        !/^(?:CI$|(?:GITHUB|VITEST|NODE|NPM|PNPM|PIP|UV|GIT)_|npm_|.*_TOKEN$)/.test(entry[0])),
  ),
);

/** Runs a program to its end and gives its standard output. A failure shows all that it printed. */
export function run(
  argv: Argv,
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const [program, ...args] = argv;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd,
      env: { ...MACHINE, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => (stdout += chunk));
    child.stderr.on('data', (chunk) => (stderr += chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(stdout);
      else reject(new Error(`${argv.join(' ')} ended with ${code}\n${stdout}${stderr}`));
    });
  });
}
