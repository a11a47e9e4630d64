import { tmpdir } from 'node:os';
import { type Processes, Secret } from '@ameide/publisher-kit';
import { failed, ok, type Problem, problem, type Result } from '@ameide/versioning-core';
import type { Login } from './login.ts';

const TIMEOUT_MS = 60_000;
/** The clouds' own variables, by which their helpers find the account. */
const PREFIXES = ['AWS_', 'AZURE_', 'ACR_', 'ARM_', 'CLOUDSDK_', 'GOOGLE_', 'DOCKER_', 'DBUS_'];
const NAMES = new Set(['GNUPGHOME', 'PASSWORD_STORE_DIR', 'DISPLAY', 'GPG_TTY']);
const SECRET = /SECRET|TOKEN|PASSWORD|KEY|CREDENTIAL/;

interface HelperPorts {
  readonly env: NodeJS.ProcessEnv;
  readonly processes: Processes;
}

/**
 * Asks `docker-credential-<helper> get` for a registry's login (github.com/docker/
 * docker-credential-helpers, "Development": the server on stdin, JSON on stdout). Never takes
 * the program from the repository or its dependencies, and runs it outside of the repository.
 */
export async function askHelper(
  helper: string,
  server: string,
  { env, processes }: HelperPorts,
): Promise<Result<Login | undefined>> {
  const program = `docker-credential-${helper}`;
  const isName = /^[\w.-]+$/.test(helper);
  const path = isName ? await processes.which(program, { trusted: true }) : undefined;
  if (path === undefined)
    return failed(helperFailed(program, server, await whyNot(program, processes)));
  const result = await processes.run({
    argv: [path, 'get'],
    trust: 'all',
    cwd: tmpdir(),
    input: server,
    env: helperEnvironment(env),
    timeoutMs: TIMEOUT_MS,
    maxOutputBytes: 1024 * 1024,
  });
  const output = Buffer.from(result.stdout).toString();
  // The helpers' client compares the same words.
  if (output.trim() === 'credentials not found in native keychain') return ok(undefined);
  // Nothing that it prints is shown: it may hold the credential.
  if (!result.ok) return failed(helperFailed(program, server, `it ended with ${result.failure}`));
  return readAnswer(output) ?? failed(helperFailed(program, server, 'its answer is not a login'));
}

function readAnswer(output: string): Result<Login> | undefined {
  try {
    // Docker reads the names as Go does: `username`, too.
    const fields = Object.entries(JSON.parse(output) as Record<string, unknown>);
    const { username: user, secret } = Object.fromEntries(
      fields.map(([name, value]) => [name.toLowerCase(), value]),
    );
    if (typeof user !== 'string' || typeof secret !== 'string' || secret === '') return undefined;
    const password = new Secret(secret);
    return ok(user === '<token>' ? { user, password, kind: 'refresh-token' } : { user, password });
  } catch {
    return undefined;
  }
}

async function whyNot(program: string, processes: Processes): Promise<string> {
  const other = /^[\w.-]+$/.test(program) ? await processes.which(program) : undefined;
  return other === undefined
    ? 'it is not on PATH'
    : `${other} belongs to the repository or its dependencies`;
}

function helperEnvironment(env: NodeJS.ProcessEnv): Record<string, string | Secret> {
  const passed = Object.entries(env).flatMap(([name, value = '']) => {
    const isNeeded = NAMES.has(name) || PREFIXES.some((prefix) => name.startsWith(prefix));
    if (!isNeeded || value === '') return [];
    return [[name, SECRET.test(name) ? new Secret(value) : value] as const];
  });
  return Object.fromEntries(passed);
}

function helperFailed(program: string, server: string, why: string): Problem {
  return problem({
    code: 'ghcr-credential-helper',
    kind: 'authentication',
    message: `${program}, which Docker's configuration names for ${server}, gave no login: ${why}.`,
    hint: `Try it: echo ${server} | ${program} get. Or give ghcr the options user and token.`,
  });
}
