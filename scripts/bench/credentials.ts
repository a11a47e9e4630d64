import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { registryEnvironment } from '../demo/environment.ts';
import type { Place } from './scenario.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** For npm and pnpm: a configuration file that refers to NPM_TOKEN, and the token in the environment. */
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

/** For docker, skopeo and crane: a file with the login of this registry. */
export async function ociAccess({ folder, registries: { oci } }: Place): Promise<Env> {
  const directory = join(folder, 'docker');
  await mkdir(directory, { recursive: true });
  const file = join(directory, 'config.json');
  const auth = base64(`${oci.user}:${oci.password}`);
  await writeFile(file, JSON.stringify({ auths: { [oci.host]: { auth } } }), { mode: 0o600 });
  return { DOCKER_CONFIG: directory, REGISTRY_AUTH_FILE: file };
}

/** For git: it sends the login with the first request already, so it needs the fewest requests. */
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

/** The variables that the definitions here read. `mirror` is the path of the Go mirror on the git host, `owner/name`. */
export function releaseAccess({ registries }: Place, mirror = 'bench/unused'): Env {
  return registryEnvironment(registries, mirror);
}
