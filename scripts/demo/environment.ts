import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LocalRegistries } from '@ameide/local-registries';

/** What a definition reads of these registries. */
interface Registries {
  readonly npm: Pick<LocalRegistries['npm'], 'url' | 'token'>;
  readonly python: Pick<LocalRegistries['python'], 'uploadUrl' | 'simpleUrl' | 'token'>;
  readonly git: Pick<LocalRegistries['git'], 'url' | 'token'>;
  readonly oci: Pick<LocalRegistries['oci'], 'host' | 'user' | 'password'>;
}

/**
 * The addresses and tokens of these registries, for definitions that read them from the environment. `mirror`
 * is the Go mirror's `owner/repository`.
 */
export function registryEnvironment(
  { npm, python, git, oci }: Registries,
  mirror: string,
): Record<string, string> {
  return {
    NPM_REGISTRY: npm.url,
    NPM_TOKEN: npm.token,
    PYPI_UPLOAD_URL: python.uploadUrl,
    PYPI_SIMPLE_URL: python.simpleUrl,
    PYPI_TOKEN: python.token,
    GO_MIRROR: `${git.url}/${mirror}.git`,
    GO_MIRROR_TOKEN: git.token,
    OCI_PREFIX: `${oci.host}/${mirror.split('/')[0]}`,
    OCI_TOKEN: oci.password,
    OCI_USER: oci.user,
    GITHUB_ACTIONS: '',
  };
}

/** What the example's `release.config.json` reads: it publishes to the Python index with the identity of a job. */
export function exampleEnvironment(
  registries: LocalRegistries,
  mirror: string,
): Record<string, string> {
  const { PYPI_TOKEN: _, ...environment } = registryEnvironment(registries, mirror);
  return environment;
}

/** Writes a file for a shell to read (`. FILE`), for its user alone: it holds tokens. */
export async function writeEnvironment(
  folder: string,
  variables: Readonly<Record<string, string>>,
): Promise<string> {
  const file = join(folder, 'environment.sh');
  const lines = Object.entries(variables).map(
    ([name, value]) => `export ${name}='${value.replaceAll("'", `'\\''`)}'\n`,
  );
  await writeFile(file, lines.join(''), { mode: 0o600 });
  return file;
}

/** Waits for Ctrl-C, or for the signal that ends a program. */
export async function untilStopped(): Promise<void> {
  const alive = setInterval(() => undefined, 60_000);
  await new Promise<void>((resolve) => {
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => resolve());
  });
  clearInterval(alive);
}
