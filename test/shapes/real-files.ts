import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { component, type RunningGitHost } from '@ameide/local-registries';
import { listArchive } from './archive.ts';
import { realModule } from './go-module.ts';
import { savedImage } from './image.ts';
import { run } from './program.ts';
import { listPython } from './python.ts';
import type { ShapeRepository } from './repository.ts';
import type { Archives, ImageArtifact, NpmArtifact, PythonArtifact, Shape } from './shape.ts';
import { withoutNpmStamp } from './stamp.ts';

/** What the real tools make in a plain clone. */
export async function realFiles(
  shape: Shape,
  repository: ShapeRepository,
  home: string,
  host: RunningGitHost,
): Promise<Archives> {
  const clone = await repository.clone('real');
  for (const argv of shape.prepare ?? []) await run(argv, clone);
  const archives: Archives[] = [];
  for (const [index, artifact] of shape.artifacts.entries()) {
    const output = join(home, `real-${index}`);
    await mkdir(output);
    if (artifact.kind === 'python') archives.push(await uvBuild(artifact, clone, output));
    else if (artifact.kind === 'npm') archives.push(await pack(artifact, clone, output));
    else if (artifact.kind === 'go')
      archives.push(await realModule({ artifact, shape, repository, clone, output, host }));
    else archives.push(await dockerBuild(artifact, clone, output));
  }
  return Object.assign({}, ...archives) as Archives;
}

async function uvBuild(artifact: PythonArtifact, clone: string, output: string): Promise<Archives> {
  const uv = component('uv').path ?? 'uv';
  await run([uv, 'build', '--out-dir', output], join(clone, artifact.directory));
  const names = (await readdir(output)).filter((name) => !name.startsWith('.'));
  return listPython(
    artifact,
    names.map((name) => join(output, name)),
  );
}

async function pack(artifact: NpmArtifact, clone: string, output: string): Promise<Archives> {
  const folder = join(clone, artifact.directory);
  if (artifact.versionBy !== undefined) await run(artifact.versionBy, folder);
  if (artifact.build !== undefined) await run(artifact.build, folder);
  const file = join(output, 'package.tgz');
  if (artifact.tool === 'npm')
    await run(['npm', 'pack', '--ignore-scripts', '--pack-destination', output], folder);
  else if (artifact.tool === 'pnpm')
    await run(['pnpm', 'pack', '--ignore-scripts', '--out', file], folder);
  else await run(['yarn', 'pack', '--out', file], folder);
  const [packed = ''] = await readdir(output);
  return {
    [`${artifact.name}.tgz`]: withoutNpmStamp(await listArchive(join(output, packed))),
  };
}

async function dockerBuild(
  artifact: ImageArtifact,
  clone: string,
  output: string,
): Promise<Archives> {
  const [docker = 'docker'] = component('docker-build').command ?? [];
  const context = join(clone, artifact.directory);
  const tag = `ameide-shapes/${artifact.name}`;
  const env = { DOCKER_BUILDKIT: '1' };
  const file = artifact.file === undefined ? [] : ['--file', artifact.file];
  await run([docker, 'build', '--quiet', '--tag', tag, ...file, '.'], context, env);
  try {
    await run([docker, 'save', '--output', 'image.tar', tag], output);
  } finally {
    await run([docker, 'image', 'rm', tag], output);
  }
  await run(['tar', '-xf', 'image.tar'], output);
  return { image: await savedImage(output) };
}
