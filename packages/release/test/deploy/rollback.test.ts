import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createDeployWorld, type DeployWorld, pod, SDK } from '../support/deploy-world.ts';
import { createGitWorld } from '../support/git-world.ts';

const PATH = 'deploy/pod.yaml';

/** Commits states of one manifest, an hour after the other, and returns the file. */
function states(world: DeployWorld, ...texts: readonly string[]): string {
  for (const [hour, text] of texts.entries()) {
    world.git.write(PATH, text);
    world.git.commit(`state ${hour}`, `2025-11-15T1${hour}:00:00Z`);
  }
  return join(world.git.directory, PATH);
}

async function codes(
  world: DeployWorld,
  ...argv: readonly string[]
): Promise<{ readonly code: number; readonly codes: readonly string[] }> {
  const { code, stdout } = await world.run(['rollback', '--json', ...argv]);
  const { problems } = JSON.parse(stdout);
  return { code, codes: problems.map((one: { readonly code: string }) => one.code) };
}

test('writes what ran before, and keeps what else has changed', async () => {
  const world = createDeployWorld();
  const { run, shas } = world;
  const annotated = (tag: string, sha: string): string =>
    pod(`${SDK}:${tag}`, `{ameide.io/image-sha: ${sha}}`);
  const now = `# ours\n${annotated(shas.dev, shas.dev)}`;
  const path = states(world, annotated('0.1.0', shas.release), annotated(shas.dev, shas.dev), now);
  const shown = await run(['rollback', '--env', 'production', path]);
  expect(shown.code).toBe(0);
  expect(shown.stdout).toContain(`+    - image: ${SDK}:0.1.0\n`);
  expect(shown.stderr).toContain('As in commit ');
  expect(readFileSync(path, 'utf8')).toBe(now);
  const { code } = await run(['rollback', '--env', 'production', '--write', path]);
  expect(code).toBe(0);
  expect(readFileSync(path, 'utf8')).toBe(`# ours\n${annotated('0.1.0', shas.release)}`);
});

test('the manifests may be in another repository than the one that is released', async () => {
  const { run, shas } = createDeployWorld();
  const manifests = createGitWorld();
  for (const [tag, hour] of [
    ['0.1.0', 10],
    [shas.dev, 11],
  ] as const) {
    manifests.write(PATH, pod(`${SDK}:${tag}`));
    manifests.commit(`pin ${tag}`, `2025-11-15T${hour}:00:00Z`);
  }
  const folder = join(manifests.directory, 'deploy');
  const { code, stdout } = await run(['rollback', '--env', 'production', '--json', folder]);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    earlier: manifests.git('rev-parse', 'HEAD~1').trim(),
    pins: [{ tag: '0.1.0', sha: shas.release }],
  });
});

test('images at places that the definition names by the files they are in', async () => {
  const world = createDeployWorld("{places: [{files: 'deploy/*.yaml', images: ['www.image']}]}");
  const text = (tag: string): string => `www: {image: "${SDK}:${tag}"}\n`;
  const path = states(world, text('0.1.0'), text(world.shas.dev));
  expect((await world.run(['rollback', '--env', 'production', '--write', path])).code).toBe(0);
  expect(readFileSync(path, 'utf8')).toBe(text('0.1.0'));
});

test('dev with its commit in the annotation: to that commit', async () => {
  const world = createDeployWorld();
  const { run, shas } = world;
  const dev = (sha: string): string => pod(`${SDK}:dev`, `{ameide.io/image-sha: "${sha}"}`);
  const path = states(world, dev(shas.release), dev(shas.dev));
  const { code, stdout } = await run(['rollback', '--env', 'development', '--json', path]);
  expect(code).toBe(0);
  expect(JSON.parse(stdout).pins).toMatchObject([{ tag: shas.release, sha: shas.release }]);
});

test('dev without an annotation: nobody knows what ran', async () => {
  const world = createDeployWorld();
  const path = states(world, pod(`${SDK}:dev`), pod(`${SDK}:0.1.0`));
  expect(await codes(world, '--env', 'development', path)).toEqual({
    code: 2,
    codes: ['deploy-rollback-unknown'],
  });
});

test('what ran before is written as it was written', async () => {
  const world = createDeployWorld();
  const path = states(world, pod(`${SDK}:0.1.0`), pod(`${SDK}:${world.shas.dev}`));
  const { stdout } = await world.run(['rollback', '--env', 'staging', '--json', path]);
  expect(JSON.parse(stdout).pins).toMatchObject([{ tag: '0.1.0', sha: world.shas.release }]);
});

test('a second rollback undoes the first', async () => {
  const world = createDeployWorld();
  const [old, now] = [world.shas.release, world.shas.dev].map((sha) =>
    pod(`${SDK}:${sha}`, `{ameide.io/image-sha: ${sha}}`),
  );
  const path = states(world, pod(`${SDK}:dev`), old ?? '', now ?? '');
  const argv = ['rollback', '--env', 'staging', '--write', path];
  expect((await world.run(argv)).code).toBe(0);
  expect(readFileSync(path, 'utf8')).toBe(old);
  world.git.commit('rolled back', '2025-11-15T13:00:00Z');
  expect((await world.run(argv)).code).toBe(0);
  expect(readFileSync(path, 'utf8')).toBe(now);
});

test('a new file stays, and so does one in which nothing changed', async () => {
  const world = createDeployWorld();
  const { git, run, shas } = world;
  const write = (states: Readonly<Record<string, string>>, time: string): void => {
    for (const [path, tag] of Object.entries(states))
      git.write(`deploy/${path}`, pod(`${SDK}:${tag}`));
    git.commit('manifests', time);
  };
  write({ 'a.yaml': '0.1.0', 'b.yaml': '0.1.0' }, '2025-11-15T10:00:00Z');
  write({ 'b.yaml': shas.dev }, '2025-11-15T11:00:00Z');
  write({ 'c.yaml': shas.dev }, '2025-11-15T12:00:00Z');
  const argv = ['rollback', '--env', 'staging', '--json', join(git.directory, 'deploy')];
  const { code, stdout } = await run(argv);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    pins: [{ tag: '0.1.0' }],
    files: [{ path: expect.stringMatching(/b\.yaml$/) as string }],
  });
});

test('each file goes back to its own commit, and both are written', async () => {
  const world = createDeployWorld();
  const { git, run, shas } = world;
  const paths = ['deploy/a.yaml', 'deploy/b.yaml'];
  const text = (sha: string): string => pod(`${SDK}:${sha}`, `{ameide.io/image-sha: ${sha}}`);
  const all = [
    [shas.release, shas.dev],
    [shas.dev, shas.release],
  ].map((tags) => tags.map(text));
  for (const [hour, texts] of all.entries()) {
    for (const [index, path] of paths.entries()) git.write(path, texts[index] ?? '');
    git.commit('manifests', `2025-11-15T1${hour}:00:00Z`);
  }
  const argv = ['rollback', '--env', 'staging', '--write', join(git.directory, 'deploy')];
  expect((await run(argv)).code).toBe(0);
  expect(paths.map((path) => readFileSync(join(git.directory, path), 'utf8'))).toEqual(all[0]);
});

test('two ways to write one image are one pin', async () => {
  const world = createDeployWorld();
  const { git, run, shas } = world;
  const all = [
    ['0.1.0', shas.release],
    [shas.dev, shas.dev],
  ];
  for (const [hour, tags] of all.entries()) {
    for (const [index, tag] of tags.entries())
      git.write(`deploy/${index}.yaml`, pod(`${SDK}:${tag}`));
    git.commit('manifests', `2025-11-15T1${hour}:00:00Z`);
  }
  const argv = ['rollback', '--env', 'production', '--json', join(git.directory, 'deploy')];
  const { pins, files } = JSON.parse((await run(argv)).stdout);
  expect(pins).toMatchObject([{ tag: '0.1.0', sha: shas.release }]);
  expect(files).toHaveLength(2);
});

test('a file whose images of one name would be of several commits: somebody has to choose', async () => {
  const world = createDeployWorld();
  const two = (tag: string): string =>
    `${pod(`${SDK}:${tag}`)}    - {name: other, image: "${SDK}:${world.shas.dev}"}\n`;
  const path = states(world, two('0.1.0'), two(world.shas.dev));
  expect(await codes(world, '--env', 'staging', '--write', path)).toEqual({
    code: 2,
    codes: ['deploy-rollback-several'],
  });
  expect(readFileSync(path, 'utf8')).toBe(two(world.shas.dev));
});

test('a version that was moved to another commit is not what ran', async () => {
  const world = createDeployWorld();
  const { digests, shas } = world;
  const annotated = pod(`${SDK}:0.1.0`, `{ameide.io/image-sha: ${shas.release}}`);
  const now = pod(`${SDK}:0.0.9`);
  const path = states(world, pod(`${SDK}:0.1.0`), pod(`${SDK}:${shas.dev}`), annotated, now);
  world.registry({ images: { '0.1.0': { sha: shas.dev, digest: digests.dev } } });
  const argv = ['--env', 'staging', '--write', path];
  expect(await codes(world, ...argv)).toEqual({ code: 2, codes: ['deploy-annotation-differs'] });
  world.git.git('reset', '--quiet', '--hard', 'HEAD~2');
  expect(await codes(world, ...argv)).toEqual({ code: 2, codes: ['deploy-image-other-commit'] });
  expect(readFileSync(path, 'utf8')).toBe(pod(`${SDK}:${shas.dev}`));
});

test.each(['', ':0.1.0'])('the digest of sdk%s@… that ran, or none', async (tag) => {
  const world = createDeployWorld();
  const { digests, run, shas } = world;
  const old = pod(`${SDK}${tag}@${digests.release}`);
  const now = pod(`${SDK}${tag}@${digests.dev}`);
  const path = states(world, old, now);
  const pushedAgain = { sha: shas.release, digest: `sha256:${'e'.repeat(64)}` };
  const images = { '0.1.0': pushedAgain, latest: pushedAgain, [shas.release]: pushedAgain };
  world.registry({ images });
  const argv = ['--env', 'staging', '--write', path];
  expect(await codes(world, ...argv)).toEqual({ code: 2, codes: ['deploy-digest-differs'] });
  expect(readFileSync(path, 'utf8')).toBe(now);
  world.registry({});
  expect((await run(['rollback', ...argv])).code).toBe(0);
  expect(readFileSync(path, 'utf8')).toContain(`@${digests.release}`);
});

test('nothing earlier', async () => {
  const world = createDeployWorld();
  const path = states(world, pod(`${SDK}:0.1.0`), `# a comment\n${pod(`${SDK}:0.1.0`)}`);
  expect(await codes(world, '--env', 'production', path)).toEqual({
    code: 2,
    codes: ['deploy-nothing-earlier'],
  });
});

test('a state of the history that cannot be read is not skipped', async () => {
  const world = createDeployWorld();
  const twice = `${pod(`${SDK}:${world.shas.dev}`)}      name: sdk\n`;
  const now = pod(`${SDK}:0.0.9`);
  const path = states(world, pod(`${SDK}:0.1.0`), twice, now);
  const argv = ['rollback', '--env', 'staging', '--write', path];
  const { code, stderr, stdout } = await world.run(argv);
  expect(code).toBe(2);
  expect(`${stdout}${stderr}`).toContain(
    `Commit ${world.git.git('rev-parse', 'HEAD~1').trim()} may have had another image`,
  );
  expect(readFileSync(path, 'utf8')).toBe(now);
});

test('broken YAML now is refused', async () => {
  const world = createDeployWorld();
  const path = states(world, pod(`${SDK}:0.1.0`), pod(`${SDK}:${world.shas.dev}`));
  world.git.write('deploy/broken.yaml', 'kind: [');
  expect(await codes(world, '--env', 'production', join(path, '..'))).toEqual({
    code: 2,
    codes: ['deploy-yaml'],
  });
});

test('what may not run there any more is refused', async () => {
  const world = createDeployWorld();
  const path = states(world, pod(`${SDK}:${world.shas.dev}`), pod(`${SDK}:0.1.0`));
  expect(await codes(world, '--env', 'production', path)).toEqual({
    code: 2,
    codes: ['deploy-tag-not-allowed'],
  });
});

test('a registry that does not answer is exit 3, and nothing is written', async () => {
  const world = createDeployWorld();
  const path = states(world, pod(`${SDK}:0.1.0`), pod(`${SDK}:${world.shas.dev}`));
  world.registry({ images: { '0.1.0': { noAnswer: true } } });
  expect(await codes(world, '--env', 'production', '--write', path)).toEqual({
    code: 3,
    codes: ['oci-no-answer'],
  });
  expect(readFileSync(path, 'utf8')).toBe(pod(`${SDK}:${world.shas.dev}`));
});

test.each([
  [
    'outside of a repository',
    'path',
    async (world: DeployWorld) => world.manifest(pod(`${SDK}:dev`)),
  ],
  ['standard input', 'path', async () => '-'],
])('manifests %s have no history', async (_, field, path) => {
  const world = createDeployWorld();
  const argv = ['rollback', '--env', 'production', '--json', await path(world)];
  const { code, stdout } = await world.run(argv);
  expect(code).toBe(2);
  expect(JSON.parse(stdout).problems).toMatchObject([{ field }]);
});
