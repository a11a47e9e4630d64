import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { type Processes, Secret } from '@ameide/publisher-kit';
import { failed, ok, type Problem, problem, type Result } from '@ameide/versioning-core';
import { askHelper } from './credential-helper.ts';
import type { Login } from './login.ts';

export interface DockerConfigPorts {
  readonly env: NodeJS.ProcessEnv;
  readonly processes: Processes;
}

type Json = Readonly<Record<string, unknown>>;

/** The name of Docker Hub in every client's files. */
const DOCKER_HUB = 'https://index.docker.io/v1/';

/**
 * Finds the login that `docker login` or `podman login` stored for this registry alone, as
 * go-containerregistry's `authn.DefaultKeychain` does: Docker's `config.json` (in DOCKER_CONFIG, or
 * `~/.docker`), else Podman's `auth.json`. `credHelpers` come before `credsStore`, and that before
 * `auths`. `repository` is the path of the image, for which Podman can have a login of its own. What
 * Docker's own DOCKER_AUTH_CONFIG has for the registry comes first.
 */
export async function findDockerLogin(
  host: string,
  repository: string,
  ports: DockerConfigPorts,
): Promise<Result<Login | undefined>> {
  const given = loginInEnvironment(ports.env['DOCKER_AUTH_CONFIG'], serverOf(host));
  if (given !== undefined) return ok(given);
  for (const path of configFiles(ports.env)) {
    const read = await readConfig(path);
    if (read === undefined) continue;
    if ('unread' in read) return failed(unreadable(path, read.unread));
    const config = parseObject(read.text);
    if (config === undefined) return failed(unreadable(path, 'it is not a JSON object'));
    return loginIn(config, path, { host, repository }, ports);
  }
  return ok(undefined);
}

/** Returns undefined if there is no such file. A file that we may not read is not "no login". */
async function readConfig(
  path: string,
): Promise<{ readonly text: string } | { readonly unread: string } | undefined> {
  try {
    return { text: await readFile(path, 'utf8') };
  } catch (error) {
    const { code = 'unreadable' } = error as NodeJS.ErrnoException;
    return ['ENOENT', 'ENOTDIR', 'EISDIR'].includes(code) ? undefined : { unread: code };
  }
}

/**
 * Reads DOCKER_AUTH_CONFIG as Docker 28.3 and later do: `{"auths": {"host": {"auth": "…"}}}`, and
 * nothing else; what is not in this form, GitLab's `credHelpers` for example, they ignore.
 */
function loginInEnvironment(text: string | undefined, server: string): Login | undefined {
  const { auths, ...others } = parseObject(text ?? '') ?? {};
  const logins = Object.entries(record(auths) ?? {}).map(([key, entry]) => {
    const { auth, ...more } = record(entry) ?? {};
    return [
      key,
      Object.keys(more).length === 0 && isText(auth) ? decode(auth) : undefined,
    ] as const;
  });
  const isRead = Object.keys(others).length === 0 && logins.every(([, login]) => login);
  return isRead ? new Map(logins).get(server) : undefined;
}

function configFiles(env: NodeJS.ProcessEnv): readonly string[] {
  const home = set(env['HOME']) ?? homedir();
  const docker = set(env['DOCKER_CONFIG']) ?? join(home, '.docker');
  const named = set(env['REGISTRY_AUTH_FILE']);
  const runtime = set(env['XDG_RUNTIME_DIR']);
  const config = set(env['XDG_CONFIG_HOME']) ?? join(home, '.config');
  return [
    join(docker, 'config.json'),
    ...(named === undefined ? [] : [named]),
    ...(runtime === undefined ? [] : [join(runtime, 'containers', 'auth.json')]),
    join(config, 'containers', 'auth.json'),
  ];
}

function set(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}

async function loginIn(
  config: Json,
  path: string,
  { host, repository }: { readonly host: string; readonly repository: string },
  ports: DockerConfigPorts,
): Promise<Result<Login | undefined>> {
  const server = serverOf(host);
  const helper = record(config['credHelpers'])?.[server] ?? config['credsStore'];
  if (typeof helper === 'string' && helper !== '') return askHelper(helper, server, ports);
  const auths = Object.entries(record(config['auths']) ?? {});
  const keys = [...namespaces(host, repository), server];
  const entry =
    keys.map((key) => auths.find(([one]) => one === key)).find((found) => found !== undefined) ??
    auths.find(([key]) => serverOf(hostOf(key)) === server);
  return entry === undefined ? ok(undefined) : storedLogin(record(entry[1]) ?? {}, path, host);
}

function serverOf(host: string): string {
  return ['docker.io', 'index.docker.io', 'registry-1.docker.io'].includes(host)
    ? DOCKER_HUB
    : host;
}

/**
 * `quay.io/acme/sdk`, then `quay.io/acme`: the most specific one counts (containers-auth.json(5)).
 */
function namespaces(host: string, repository: string): readonly string[] {
  const parts = repository.split('/');
  return parts.map((_, index) => [host, ...parts.slice(0, parts.length - index)].join('/'));
}

// Old versions of Docker stored `https://host/v1/`.
function hostOf(key: string): string {
  return key.replace(/^https?:\/\//, '').split('/')[0] ?? '';
}

function storedLogin(entry: Json, path: string, host: string): Result<Login | undefined> {
  const { auth, identitytoken, password, username } = entry;
  if (isText(identitytoken))
    return ok({ user: '<token>', password: new Secret(identitytoken), kind: 'refresh-token' });
  if (!isText(auth)) {
    if (!isText(username) || !isText(password)) return ok(undefined);
    return ok({ user: username, password: new Secret(password) });
  }
  const login = decode(auth);
  return login === undefined
    ? failed(unreadable(path, `the entry auth of ${host} is not user:password`))
    : ok(login);
}

/**
 * As Docker: `user:password` in Base64, before username and password; old versions padded it with
 * NUL.
 */
function decode(auth: string): Login | undefined {
  const decoded = Buffer.from(auth, 'base64').toString();
  const colon = decoded.indexOf(':');
  const secret = decoded.slice(colon + 1).replace(/\0+$/, '');
  return colon < 1 ? undefined : { user: decoded.slice(0, colon), password: new Secret(secret) };
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function parseObject(text: string): Json | undefined {
  try {
    return record(JSON.parse(text) as unknown);
  } catch {
    return undefined;
  }
}

function record(value: unknown): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Json)
    : undefined;
}

function unreadable(path: string, why: string): Problem {
  return problem({
    code: 'ghcr-docker-config',
    kind: 'authentication',
    message: `Could not read the login in ${path}: ${why}.`,
    hint: 'Run docker login again, or give the options user and token.',
  });
}
