import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import {
  type RunningGitHost,
  type RunningNpmRegistry,
  type RunningOciRegistry,
  type RunningPythonIndex,
  startGitHost,
  startNpmRegistry,
  startOciRegistry,
  startPythonIndex,
} from '@ameide/local-registries';
import { ghcr } from '@ameide/publisher-ghcr';
import { goModule } from '@ameide/publisher-go';
import { openRepository } from '@ameide/publisher-kit';
import { npm } from '@ameide/publisher-npm';
import { pypi } from '@ameide/publisher-pypi';
import { defineRelease, publishRelease } from '@ameide/release';
import { InvalidInputError, type PublisherDefinition } from '@ameide/versioning-core';
import { listArchive } from './archive.ts';
import type { Ours } from './differences.ts';
import { downloadModule } from './go-module.ts';
import { pulledImage } from './image.ts';
import { listPython } from './python.ts';
import { type ShapeRepository, SOURCE_URL, VERSION_FILE } from './repository.ts';
import type { Archives, Shape, ShapeArtifact } from './shape.ts';
import { withoutNpmStamp } from './stamp.ts';

export interface Registries {
  readonly npm: RunningNpmRegistry;
  readonly python: RunningPythonIndex;
  readonly oci: RunningOciRegistry;
  readonly git: RunningGitHost;
  stop(): Promise<void>;
}

export async function startRegistries(): Promise<Registries> {
  const [npm, python, oci, git] = await Promise.all([
    startNpmRegistry(),
    startPythonIndex({ anyPlatform: true }),
    startOciRegistry({ auth: 'none' }),
    startGitHost(),
  ]);
  const stop = async (): Promise<void> =>
    void (await Promise.all([npm, python, oci, git].map((server) => server.stop())));
  return { npm, python, oci, git, stop };
}

/**
 * What our publishers publish of the same commit, downloaded again from the registries. The only
 * place of these tests that knows how our product is called.
 */
export async function ourFiles(
  shape: Shape,
  repository: ShapeRepository,
  home: string,
  registries: Registries,
): Promise<Ours> {
  const clone = await repository.clone('ours');
  const refusals = await inTemporaryFolder(shape, home, () =>
    publish(shape, repository, clone, registries),
  );
  if (refusals.length > 0) return { refusals };
  const archives: Archives[] = [];
  for (const [index, artifact] of shape.artifacts.entries()) {
    const folder = join(home, `ours-${index}`);
    await mkdir(folder);
    archives.push(await download(artifact, shape, folder, registries));
  }
  return { archives: Object.assign({}, ...archives) as Archives };
}

/** With the shape's files in a folder for temporary files of its own. */
async function inTemporaryFolder<T>(shape: Shape, home: string, run: () => Promise<T>): Promise<T> {
  const files = Object.entries(shape.inTemporaryFolder ?? {});
  if (files.length === 0) return run();
  const before = process.env['TMPDIR'];
  const directory = join(home, 'temporary');
  await mkdir(directory);
  for (const [path, text] of files) await writeFile(join(directory, path), text);
  process.env['TMPDIR'] = directory;
  try {
    return await run();
  } finally {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
  }
}

/** Publishes; gives `code: message` of each problem. */
async function publish(
  shape: Shape,
  { git }: ShapeRepository,
  clone: string,
  registries: Registries,
): Promise<readonly string[]> {
  const publishers: PublisherDefinition[] = [];
  for (const artifact of shape.artifacts) {
    if (artifact.kind === 'go' && artifact.mirror !== true) {
      const bare = await bareRepository(shape, registries);
      await git(clone, 'push', '--quiet', bare, 'main', ...(shape.tags ?? []));
    }
    publishers.push(await publisherOf(artifact, shape, registries));
  }
  const { prepare = [] } = shape;
  try {
    const definition = defineRelease({
      versionFile: VERSION_FILE,
      repository: SOURCE_URL,
      prepare,
      publishers,
    });
    await using opened = await openRepository(clone);
    const report = await publishRelease({ repository: opened, definition, env: {} });
    return report.problems.map(({ code, message }) => `${code}: ${message}`);
  } catch (error) {
    if (error instanceof InvalidInputError) return [`${error.code}: ${error.message}`];
    throw error;
  }
}

async function bareRepository({ name }: Shape, { git }: Registries): Promise<string> {
  await git.createRepository(`ours/${name}`);
  return git.path(`ours/${name}`);
}

async function publisherOf(
  artifact: ShapeArtifact,
  { name }: Shape,
  { python, npm: packages, git, oci }: Registries,
): Promise<PublisherDefinition> {
  const { directory } = artifact;
  if (artifact.kind === 'python') {
    const { uploadUrl, simpleUrl, token } = python;
    return pypi({ directory, uploadUrl, simpleUrl, token });
  }
  if (artifact.kind === 'npm') {
    const build = artifact.build === undefined ? {} : { build: artifact.build };
    return npm({ directory, registry: packages.url, token: packages.token, ...build });
  }
  if (artifact.kind === 'go') {
    const url = await git.createRepository(`ours/${name}`);
    const place = artifact.mirror === true ? { mirror: url } : { remote: url };
    return goModule({ directory, token: git.token, user: git.user, ...place });
  }
  const file = artifact.file === undefined ? {} : { file: artifact.file };
  return ghcr({ image: `${oci.host}/acme/${artifact.name}`, dockerfile: { directory, ...file } });
}

async function download(
  artifact: ShapeArtifact,
  { name }: Shape,
  folder: string,
  { python, npm: packages, git, oci }: Registries,
): Promise<Archives> {
  if (artifact.kind === 'python')
    return listPython(artifact, await distributions(artifact.name, folder, python));
  if (artifact.kind === 'npm') {
    const files = await listArchive(await tarball(artifact.name, folder, packages));
    return { [`${artifact.name}.tgz`]: withoutNpmStamp(files) };
  }
  if (artifact.kind === 'go')
    return downloadModule(artifact, await git.createRepository(`ours/${name}`), folder);
  return { image: await pulledImage(oci.url, `acme/${artifact.name}`, '0.1.0', folder) };
}

async function distributions(
  name: string,
  folder: string,
  { simpleUrl }: RunningPythonIndex,
): Promise<readonly string[]> {
  const page = `${simpleUrl}${name}/`;
  const accept = 'application/vnd.pypi.simple.v1+json';
  const { files } = (await (await fetch(page, { headers: { accept } })).json()) as {
    readonly files: readonly { readonly url: string; readonly filename: string }[];
  };
  return Promise.all(
    files.map(async ({ url, filename }) => save(new URL(url, page).href, join(folder, filename))),
  );
}

async function tarball(name: string, folder: string, { url }: RunningNpmRegistry): Promise<string> {
  const { versions } = (await (await fetch(`${url}/${name.replace('/', '%2f')}`)).json()) as {
    readonly versions: Record<string, { readonly dist: { readonly tarball: string } }>;
  };
  const [version] = Object.values(versions);
  const address = version?.dist.tarball ?? '';
  return save(address, join(folder, basename(address)));
}

async function save(url: string, path: string): Promise<string> {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url} answers ${answer.status}`);
  await writeFile(path, await answer.bytes());
  return path;
}
