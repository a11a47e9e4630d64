import { spawn } from 'node:child_process';

export interface ClientResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Both streams, for asserting on what a user would read. */
  readonly output: string;
}

// A test must not depend on how the machine's own clients are set up: no mirror, no wheel folder,
// no stored credential.
const FOREIGN = /^(?:PIP|UV|TWINE|DOCKER|REGISTRY)_|_proxy$/i;

/**
 * Runs a real client to its end, with the machine's own settings of that client taken out of its
 * environment.
 */
export async function runClient(
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
  cwd?: string,
): Promise<ClientResult> {
  const [command = '', ...args] = argv;
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !FOREIGN.test(name)),
  );
  const child = spawn(command, args, {
    env: {
      ...inherited,
      PIP_CONFIG_FILE: '/dev/null',
      PIP_NO_CACHE_DIR: '1',
      PIP_DISABLE_PIP_VERSION_CHECK: '1',
      UV_NO_CACHE: '1',
      UV_NO_CONFIG: '1',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(cwd === undefined ? {} : { cwd }),
  });
  const [stdout, stderr]: [string[], string[]] = [[], []];
  child.stdout.setEncoding('utf8').on('data', (text: string) => stdout.push(text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => stderr.push(text));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  return {
    code,
    stdout: stdout.join(''),
    stderr: stderr.join(''),
    output: `${stdout.join('')}${stderr.join('')}`,
  };
}
