import { randomBytes } from 'node:crypto';
import { recorded, startOciRegistry } from '@ameide/local-registries';
import { ghcr } from '@ameide/publisher-ghcr';
import { createTestRepository } from '@ameide/publisher-kit/testing';
import { defineRelease, publishRelease, type ReleaseReport, traceCommit } from '@ameide/release';
import { expect, test } from 'vitest';

// A branch and a tag of one commit are pushed together, and start two runs.

/** Files alone would give both runs the same image. */
const WRITE_VERSION = [
  'node',
  '-e',
  "fs.writeFileSync('version.txt', process.env.AMEIDE_NPM_VERSION)",
] as const;

test('a release passes a dev build of its commit: both images are seen, by that run, the next one and trace', async () => {
  let release: Promise<ReleaseReport> | undefined;
  await using repository = createTestRepository({ origin: 'https://github.com/ameide/mono.git' });
  const sha = repository.commit({
    files: { 'version.json': { version: '0.1.0' }, 'image/index.html': 'hello\n' },
  });
  await using world = await recorded(startOciRegistry(), {
    async onRequest({ method, path }) {
      if (method !== 'PUT' || !path.endsWith(`/manifests/${sha}`) || release !== undefined) return;
      release = publish('refs/tags/v0.1.0');
      await release;
    },
  });
  const { user, password: token } = world.registry;
  const image = `${new URL(world.proxy.url).host}/ameide/page`;
  const definition = defineRelease({
    versionFile: 'version.json',
    publishers: [ghcr({ image, files: 'image', build: WRITE_VERSION, token, user })],
  });
  const open = async () => ({ repository: await repository.open(), definition });
  async function publish(ref: string): Promise<ReleaseReport> {
    if (ref.startsWith('refs/tags/')) repository.git('tag', 'v0.1.0');
    return publishRelease({ ...(await open()), env: {}, ref });
  }

  const dev = await publish('refs/heads/main');
  expect(await release).toMatchObject({ exitCode: 0 });
  const problems = [{ code: 'ghcr-images-differ', coordinate: `oci:${image}:${sha}` }];
  expect(dev).toMatchObject({ exitCode: 4, problems });
  const again = await publishRelease({ ...(await open()), env: {}, ref: 'refs/tags/v0.1.0' });
  expect(again).toMatchObject({ exitCode: 4, problems });
  expect(await traceCommit(sha, await open())).toMatchObject({ exitCode: 4 });
});

test('two images of one release send what they share once', async () => {
  await using repository = createTestRepository({ origin: 'https://github.com/ameide/mono.git' });
  // From 1 MiB on a mount is worth its requests; these bytes do not compress.
  const content = randomBytes(1024 * 1024);
  repository.commit({ files: { 'version.json': { version: '0.1.0' }, 'image/data': content } });
  await using world = await recorded(startOciRegistry());
  const { user, password: token } = world.registry;
  const { host } = new URL(world.proxy.url);
  const images = ['one', 'two'].map((name) =>
    ghcr({ image: `${host}/ameide/${name}`, files: 'image', token, user }),
  );
  const definition = defineRelease({ versionFile: 'version.json', publishers: images });
  const report = await publishRelease({
    repository: await repository.open(),
    definition,
    env: {},
    ref: 'refs/heads/main',
  });
  expect(report).toMatchObject({ exitCode: 0 });
  const mounted = world.proxy.requests.filter(({ path }) => path.includes('mount='));
  expect(mounted.map(({ status }) => status)).toEqual([201]);
});
