import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { registryEnvironment } from '../demo/environment.ts';
import type { Place } from './scenario.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** What npm and pnpm read: a file with a reference to NPM_TOKEN, and the token in the environment. */
export async function npmAccess({ folder, registries: { npm } }: Place): Promise<Env> {
  const file = join(folder, 'npmrc');
  await writeFile(
    file,
    `registry=${npm.url}/\n${npm.url.slice('http:'.length)}/:_authToken=\${NPM_TOKEN}\n`,
  );
  return {
    NPM_TOKEN: npm.token,
    npm_config_userconfig: file,
    npm_config_registry: `${npm.url}/`,
    npm_config_cache: join(folder, 'npm-cache'),
    npm_config_update_notifier: 'false',
    NPM_CONFIG_USERCONFIG: file,
    npm_config_audit: 'false',
  };
}

type Env = Readonly<Record<string, string>>;

/** What docker, skopeo and crane read: a login of this registry. */
export async function ociAccess({ folder, registries: { oci } }: Place): Promise<Env> {
  const directory = join(folder, 'docker');
  await mkdir(directory, { recursive: true });
  const file = join(directory, 'config.json');
  const auth = base64(`${oci.user}:${oci.password}`);
  await writeFile(file, JSON.stringify({ auths: { [oci.host]: { auth } } }), { mode: 0o600 });
  return { DOCKER_CONFIG: directory, REGISTRY_AUTH_FILE: file };
}

/** git sends the login with its first request: the fewest that it can need. */
export function gitAccess({ registries: { git } }: Place): Env {
  return {
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: `http.${git.url}/.extraHeader`,
    GIT_CONFIG_VALUE_0: `Authorization: Basic ${base64(`${git.user}:${git.token}`)}`,
  };
}

export function twineAccess({ registries: { python } }: Place): Env {
  return {
    TWINE_REPOSITORY_URL: python.uploadUrl,
    TWINE_USERNAME: '__token__',
    TWINE_PASSWORD: python.token,
    TWINE_NON_INTERACTIVE: '1',
  };
}

/** What the definitions here read. `mirror` is the Go mirror's `bench/repository`. */
export function releaseAccess({ registries }: Place, mirror = 'bench/unused'): Env {
  return registryEnvironment(registries, mirror);
}
