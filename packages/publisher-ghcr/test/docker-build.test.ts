import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { component, needs } from '@ameide/local-registries/components';
import { literalSource } from '@ameide/publisher-kit/testing';
import Dockerode from 'dockerode';
import { expect, test } from 'vitest';
import { ghcr } from '../src/index.ts';
import { DOCKER_CONTEXTS } from './docker-contexts.ts';
import { release, step } from './release.ts';

const FILES = { 'image/Dockerfile': 'FROM scratch\nCOPY . /\n' };

needs('docker-engine', 'docker-build')('the same files as docker build copies', () => {
  test.each(DOCKER_CONTEXTS)('$title', async ({ dockerfile, files, script = '' }) => {
    const one = await step(files);
    const context = join(one.checkout, 'image');
    execFileSync('sh', ['-c', script], { cwd: context });
    // Every context has a name that is not UTF-8.
    execFileSync('sh', ['-c', `: > "$(printf 'caf\\351')"`], { cwd: context });
    const file = dockerfile === undefined ? {} : { file: dockerfile };
    const publisher = await ghcr({
      image: 'ghcr.io/o/r',
      dockerfile: { directory: 'image', ...file },
    }).open(literalSource(files));
    const plan = publisher.plan(release());
    expect(await publisher.validate(plan, one)).toEqual([]);
    const { problems, value } = await publisher.build(plan, one);
    expect(problems).toBeUndefined();
    const layers = value?.blobs.slice(1).map(({ path }) => path) ?? [];
    const ours = layers.flatMap((path) => listTar(path));
    const theirs = await dockerBuild(context, one.workspace, dockerfile);
    expect(ours.length).toBeGreaterThan(3);
    expect(ours.toSorted()).toEqual(theirs.toSorted());
  });

  test('and leaves no image behind in the engine', async () => {
    const label = randomUUID();
    const publisher = await ghcr({
      image: 'ghcr.io/o/r',
      dockerfile: { directory: 'image' },
      labels: { label },
    }).open(literalSource(FILES));
    const { value } = await publisher.build(publisher.plan(release()), await step(FILES));
    expect(value).toBeDefined();
    const filters = { label: [`label=${label}`] };
    expect(await new Dockerode().listImages({ all: true, filters })).toEqual([]);
  });
});

/** Kind, mode, owner, size and name of each file, and where links lead. */
function listTar(path: string): readonly string[] {
  const listed = execFileSync('tar', ['--numeric-owner', '-tvf', path], { encoding: 'latin1' });
  return listed
    .split('\n')
    .map((line) => line.replace(/ \d{4}-\d\d-\d\d \d\d:\d\d /, ' ').replace(/ +/g, ' '))
    .filter((line) => line !== '');
}

/** By the real tool, in a folder of the same files. */
async function dockerBuild(
  context: string,
  workspace: string,
  dockerfile = 'Dockerfile',
): Promise<readonly string[]> {
  const [docker = 'docker'] = component('docker-build').command ?? [];
  const run = (...args: readonly string[]): string =>
    execFileSync(docker, args, {
      env: { ...process.env, DOCKER_BUILDKIT: '1' },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trim();
  const image = run('build', '--quiet', '--file', join(context, dockerfile), context);
  const folder = join(workspace, 'real');
  await mkdir(folder);
  try {
    run('save', '--output', join(folder, 'image.tar'), image);
  } finally {
    run('image', 'rm', image);
  }
  execFileSync('tar', ['-xf', 'image.tar'], { cwd: folder });
  const [saved] = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')) as readonly {
    readonly Layers: readonly string[];
  }[];
  return (saved?.Layers ?? []).flatMap((layer) => listTar(join(folder, layer)));
}
