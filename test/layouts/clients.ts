import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LocalRegistries } from '@ameide/local-registries';
import { run } from '../shapes/program.ts';
import type { GoUse, ImageUse, NpmUse, PythonUse, Use } from './layout.ts';

/** Where users install from. */
export interface Sources {
  readonly registries: LocalRegistries;
  /** Of the web server that says where module paths lead. */
  readonly vanityUrl: string;
  /** An empty folder. */
  readonly home: string;
}

/** Installs a version of what a use names, and returns what its code prints. */
export async function install(use: Use, version: string, sources: Sources): Promise<string> {
  const folder = await mkdtemp(join(sources.home, `${use.client}-`));
  const printed = await INSTALL[use.client](use as never, version, sources, folder);
  return printed.trim();
}

type Install<T extends Use> = (
  use: T,
  version: string,
  sources: Sources,
  folder: string,
) => Promise<string>;

const byNpm: Install<NpmUse> = async ({ name, code }, version, { registries }, folder) => {
  const env = {
    npm_config_registry: registries.npm.url,
    npm_config_cache: join(folder, 'cache'),
    npm_config_userconfig: join(folder, 'npmrc'),
  };
  const argv = ['npm', 'install', '--no-audit', '--no-fund', '--prefix', folder] as const;
  await run([...argv, `${name}@${version}`], folder, env);
  await writeFile(join(folder, 'use.mjs'), code);
  return run(['node', 'use.mjs'], folder);
};

const byPip: Install<PythonUse> = async ({ name, code }, version, { registries }, folder) => {
  const target = join(folder, 'site');
  const { simpleUrl } = registries.python;
  const wanted = `${name}==${version}`;
  const argv = ['python3', '-m', 'pip', 'install', '--quiet', '--no-cache-dir'] as const;
  await run([...argv, '--target', target, '--index-url', simpleUrl, wanted], folder, {
    PIP_CONFIG_FILE: '/dev/null',
    PIP_DISABLE_PIP_VERSION_CHECK: '1',
  });
  return run(['python3', '-c', code], folder, { PYTHONPATH: target });
};

const byUv: Install<PythonUse> = async ({ name, code }, version, { registries }, folder) => {
  const target = join(folder, 'site');
  const { simpleUrl } = registries.python;
  const wanted = `${name}==${version}`;
  const argv = ['uv', 'pip', 'install', '--quiet', '--no-config', '--no-cache'] as const;
  await run([...argv, '--target', target, '--index-url', simpleUrl, wanted], folder);
  return run(['python3', '-c', code], folder, { PYTHONPATH: target });
};

const byGo: Install<GoUse> = async ({ name, code }, version, { vanityUrl }, folder) => {
  const env = {
    GOPROXY: 'direct',
    GOSUMDB: 'off',
    GOINSECURE: '*.dev',
    GOFLAGS: '-mod=mod -modcacherw',
    GOWORK: 'off',
    GOTOOLCHAIN: 'local',
    GOMODCACHE: join(folder, 'modules'),
    GIT_CONFIG_GLOBAL: '/dev/null',
    HTTP_PROXY: vanityUrl,
    HTTPS_PROXY: vanityUrl,
    NO_PROXY: '127.0.0.1',
  };
  const consumer = join(folder, 'consumer');
  await mkdir(consumer);
  await run(['go', 'mod', 'init', 'example.com/consumer'], consumer, env);
  await run(['go', 'get', `${name}@${version}`], consumer, env);
  const program = `package main\n\nimport it "${name}"\n\nfunc main() { print(${code}) }\n`;
  await writeFile(join(consumer, 'main.go'), program);
  await run(['go', 'build', '-o', 'consumer', '.'], consumer, env);
  await run(['go', 'mod', 'verify'], consumer, env);
  // The built-in print writes to standard error.
  return run(['sh', '-c', './consumer 2>&1'], consumer);
};

const byCrane: Install<ImageUse> = async ({ name }, version, { registries }, folder) => {
  const image = `${registries.oci.host}/${name}:${version}`;
  const { annotations } = JSON.parse(
    await run(['crane', 'manifest', '--insecure', image], folder),
  ) as { readonly annotations: Readonly<Record<string, string>> };
  return annotations['org.opencontainers.image.revision'] ?? '';
};

const INSTALL = { npm: byNpm, pip: byPip, uv: byUv, go: byGo, crane: byCrane };
