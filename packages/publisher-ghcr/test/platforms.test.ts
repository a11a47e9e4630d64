import { chmod, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { startDockerRegistry, startOciRegistry } from '@ameide/local-registries';
import { component, needs } from '@ameide/local-registries/components';
import { createProcesses } from '@ameide/publisher-kit';
import {
  type FileContent,
  literalCommit,
  literalSource,
  openRun,
} from '@ameide/publisher-kit/testing';
import { ok, type Problem, type SourceTree } from '@ameide/versioning-core';
import Dockerode from 'dockerode';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  type GhcrBuilt,
  type GhcrDefinition,
  type GhcrOptions,
  type GhcrPublisher,
  ghcr,
} from '../src/index.ts';
import { engineWith, withoutNetwork } from './engine-with.ts';
import { run } from './published.ts';
import { type World, worldOf } from './registry-world.ts';
import { OTHER, release, SHA, step, stepWith, tree } from './release.ts';

const processes = createProcesses();
const BOTH = ['linux/amd64', 'linux/arm64'] as const;
const BINARIES = { 'linux/amd64': 'dist/amd64', 'linux/arm/v7': 'dist/arm' } as const;
const BUILT = { 'dist/amd64/tool': 'for amd64', 'dist/arm/tool': 'for arm' };

async function program(name: 'crane' | 'skopeo', ...args: string[]): Promise<string> {
  const argv = [component(name).path ?? name, ...args] as const;
  const result = await processes.run({ argv, cwd: process.cwd() });
  if (!result.ok) throw new Error(`${result.summary}\n${result.stderrText}`);
  return result.stdoutText;
}

async function publish(definition: GhcrDefinition, files: Readonly<Record<string, FileContent>>) {
  const opened = await openRun(definition, literalCommit(files, { release: release() }));
  onTestFinished(async () => opened[Symbol.asyncDispose]());
  const built = await opened.build();
  await opened.publisher.publish(opened.plan, built, opened.step);
  return { built, plan: opened.plan };
}

interface Index {
  readonly mediaType: string;
  readonly annotations: Record<string, string>;
  readonly manifests: readonly { digest: string; platform: Record<string, string> }[];
}

async function indexOf({ manifest }: GhcrBuilt): Promise<Index> {
  return JSON.parse(await readFile(manifest.path, 'utf8')) as Index;
}

needs(
  'docker-registry',
  'crane',
  'skopeo',
)('several platforms are one index', () => {
  test('that real clients read, and that a second run finds again', async () => {
    await using world = await worldOf(await startDockerRegistry({ auth: 'none' }));
    const first = await run(world, { channel: 'release' }, { platform: BOTH });
    expect(await first.publish()).toMatchObject([
      { outcome: 'published', digest: first.built.manifest.digest },
      { outcome: 'published', digest: first.built.manifest.digest },
    ]);
    await first.promote();
    const name = `${world.image}:${SHA}`;
    const insecure = ['--insecure'];
    expect(await program('crane', 'validate', ...insecure, '--remote', name)).toContain('PASS');
    const raw = JSON.parse(
      await program('skopeo', 'inspect', '--raw', '--tls-verify=false', `docker://${name}`),
    ) as Index;
    expect(raw.mediaType).toBe('application/vnd.oci.image.index.v1+json');
    expect(raw.annotations).toMatchObject({ 'org.opencontainers.image.revision': SHA });
    expect(raw.manifests.map(({ platform }) => platform)).toEqual([
      { os: 'linux', architecture: 'amd64' },
      { os: 'linux', architecture: 'arm64' },
    ]);
    for (const [platform, architecture] of [
      ['linux/amd64', 'amd64'],
      ['linux/arm64', 'arm64'],
    ] as const) {
      const at = ['--platform', platform, name] as const;
      const manifest = JSON.parse(await program('crane', 'manifest', ...insecure, ...at)) as Index;
      expect(manifest.annotations).toEqual(raw.annotations);
      expect(JSON.parse(await program('crane', 'config', ...insecure, ...at))).toMatchObject({
        architecture,
        config: { Labels: raw.annotations },
      });
      expect(await program('crane', 'export', ...insecure, ...at, '-')).toContain(`// ${SHA}`);
    }
    const again = await run(world, { channel: 'release' }, { platform: BOTH });
    expect(again.built.manifest.digest).toBe(first.built.manifest.digest);
    world.proxy.clear();
    expect(await again.publish()).toMatchObject([
      { outcome: 'already-there' },
      { outcome: 'already-there' },
    ]);
    expect(world.proxy.mutating()).toEqual([]);
    for (const tag of ['0.1', 'latest'])
      expect(await program('crane', 'digest', ...insecure, `${world.image}:${tag}`)).toBe(
        `${first.built.manifest.digest}\n`,
      );
  });

  test('one request tells the commit of a tag', async () => {
    await using world = await worldOf(await startDockerRegistry({ auth: 'none' }));
    const { publish, publisher, built } = await run(world, {}, { platform: BOTH });
    await publish();
    world.proxy.clear();
    const coordinate = { ecosystem: 'oci', name: world.image, version: SHA } as const;
    expect(await publisher.inspect({ coordinate }, await step())).toMatchObject([
      { state: 'same-source', sha: SHA, digest: built.manifest.digest },
    ]);
    expect(world.proxy.requests).toHaveLength(1);
  });

  test('an index of another commit is a conflict', async () => {
    await using world = await worldOf(await startDockerRegistry({ auth: 'none' }));
    const theirs = await run(world, { sha: OTHER }, { platform: BOTH });
    await theirs.publish();
    await program('crane', 'tag', '--insecure', `${world.image}:${OTHER}`, '0.1.0');
    const ours = await run(world, { channel: 'release' }, { platform: BOTH });
    expect(await ours.publish()).toMatchObject([
      { outcome: 'incomplete' },
      { outcome: 'conflict' },
    ]);
  });

  test('each with its own files, when a build makes one program a platform', async () => {
    await using world = await worldOf(await startDockerRegistry({ auth: 'none' }));
    const { platform: _one, ...options } = world.options({ files: BINARIES, fromCheckout: true });
    const made = await publish(ghcr(options), BUILT);
    for (const [platform, text] of [
      ['linux/amd64', 'for amd64'],
      ['linux/arm/v7', 'for arm'],
    ] as const) {
      const at = ['--platform', platform, `${world.image}:${SHA}`, '-'];
      const tar = await program('crane', 'export', '--insecure', ...at);
      expect(tar).toContain(text);
    }
    expect((await indexOf(made.built)).manifests.map(({ platform }) => platform)).toEqual([
      { os: 'linux', architecture: 'amd64' },
      { os: 'linux', architecture: 'arm', variant: 'v7' },
    ]);
  });
});

/** The header of a program for Linux on s390x, as `file` reads it. */
const PROGRAM = Buffer.from(
  '7f454c4602020100000000000000000000020016000000010000000000010078'.padEnd(128, '0'),
  'hex',
);

needs(
  'docker-registry',
  'docker-engine',
  'skopeo',
)('files are for every platform', () => {
  test('and every platform’s client gets them', async () => {
    await using world = await worldOf(await startDockerRegistry({ auth: 'none' }));
    const { platform: _one, ...options } = world.options();
    const { files: _files, image, ...carried } = options;
    const bundle = { name: 'b', files: async () => ok([{ path: 'a.txt', content: Buffer.of(1) }]) };
    const carrier = ghcr.bundle(`${image}-b`, carried);
    const definitions = [
      ghcr(options),
      { label: '', open: async (commit: SourceTree) => carrier.open(commit, bundle) },
    ] as readonly GhcrDefinition[];
    for (const definition of definitions) {
      const { built, plan } = await publish(definition, { 'sdk/a.txt': 'a' });
      const name = `${plan.image}:${SHA}`;
      expect((await indexOf(built)).manifests).toHaveLength(8);
      expect(built.blobs, 'a config for each, and one layer').toHaveLength(9);
      const engine = new Dockerode();
      for (const [platform, architecture] of [
        ['linux/amd64', 'amd64'],
        ['linux/arm64/v8', 'arm64'],
        ['linux/arm/v7', 'arm'],
      ] as const) {
        await text(await engine.pull(name, { platform }));
        const { Architecture } = await engine.getImage(name).inspect();
        await engine.getImage(name).remove();
        expect(Architecture).toBe(architecture);
      }
      for (const architecture of ['arm64', 's390x', 'ppc64le', 'riscv64', '386']) {
        const argv = ['--override-arch', architecture, 'inspect', '--tls-verify=false'] as const;
        expect(JSON.parse(await program('skopeo', ...argv, `docker://${name}`))).toMatchObject({
          Architecture: architecture,
          Labels: { 'org.opencontainers.image.revision': SHA },
        });
      }
    }
  });
});

describe('a program in an image of another platform', () => {
  const options = { image: 'ghcr.io/a/b', files: 'sdk', ports: { env: process.env } } as const;
  const found = { code: 'ghcr-foreign-program', path: 'sdk/tool.so.1' };
  const cases = [
    ['every platform', {}, [found]],
    ['linux/amd64', { platform: 'linux/amd64' }, [found]],
    ['its own', { platform: 'linux/s390x' }, []],
    ['every platform, allowed', { allow: ['sdk/tool.so.1'] }, []],
  ] as const;

  test.each(cases)('is refused: %s', async (_name, more, expected) => {
    const files = { 'sdk/tool.so.1': PROGRAM, 'sdk/data.bin': PROGRAM };
    const publisher = await ghcr({ ...options, ...more }).open(tree());
    const plan = publisher.plan(release());
    const source = literalSource(files);
    expect(await publisher.validate(plan, stepWith({ source }))).toMatchObject(expected);
    const { problems = [] } = await publisher.build(plan, await step(files));
    expect(problems).toMatchObject(expected);
  });
});

describe('files for each platform', () => {
  const options = { image: 'ghcr.io/a/b', files: BINARIES, ports: { env: process.env } } as const;
  const make = ['sh', '-c', 'mkdir -p dist/amd64 dist/arm; touch dist/amd64/a dist/arm/b'] as const;

  test('that the commit lacks need something that makes them', async () => {
    await expect(ghcr(options).open(tree())).rejects.toThrow(
      expect.objectContaining({ field: 'files["linux/amd64"]' }),
    );
  });

  test('may be made by build, which runs in the nearest directory of the commit', async () => {
    const publisher = await ghcr({ ...options, build: make }).open(tree());
    const { value } = await publisher.build(publisher.plan(release()), await step({ 'a.txt': '' }));
    expect(value?.images).toHaveLength(2);
  });

  test('are not taken through a link', async () => {
    const publisher = await ghcr({ ...options, fromCheckout: true }).open(tree());
    const files = { 'real/amd64/a': '', 'real/arm/a': '', dist: { link: 'real' } };
    const { problems } = await publisher.build(publisher.plan(release()), await step(files));
    expect(problems).toMatchObject([{ code: 'ghcr-files-missing', path: 'dist/amd64' }]);
  });

  test('are reported as missing when nothing made them', async () => {
    const publisher = await ghcr({ ...options, fromCheckout: true }).open(tree());
    const { problems } = await publisher.build(publisher.plan(release()), await step());
    expect(problems).toMatchObject([{ code: 'ghcr-files-missing', path: 'dist/amd64' }]);
  });
});

async function open(world: World, more: Partial<GhcrOptions> = {}): Promise<GhcrPublisher> {
  const { files: _files, ...options } = world.options({
    dockerfile: { directory: 'image' },
    ...more,
  });
  return ghcr(options).open(tree());
}

needs('docker-engine')('a Dockerfile for several platforms', () => {
  const cross = {
    'image/Dockerfile':
      'FROM scratch\nARG TARGETARCH\nLABEL architecture=$TARGETARCH\nCOPY $TARGETARCH /program/\n',
    'image/amd64/a': 'for amd64',
    'image/arm64/a': 'for arm64',
  };

  test('is built for each, and the engine pulls the one of its own', async () => {
    await using world = await worldOf(await startOciRegistry({ auth: 'none' }));
    const publisher = await open(world, { platform: BOTH });
    const plan = publisher.plan(release());
    const { value: built, problems } = await publisher.build(plan, await step(cross));
    if (built === undefined) throw new Error(problems[0].message);
    await publisher.publish(plan, built, await step());
    const { manifests } = await indexOf(built);
    expect(manifests.map(({ platform }) => platform['architecture'])).toEqual(['amd64', 'arm64']);
    const engine = new Dockerode();
    for (const architecture of ['amd64', 'arm64']) {
      const name = `${world.image}:${SHA}`;
      const pulled = await engine.pull(name, { platform: `linux/${architecture}` });
      for await (const chunk of pulled) expect(String(chunk)).not.toContain('"error"');
      try {
        expect(await engine.getImage(name).inspect()).toMatchObject({
          Architecture: architecture,
          Config: { Labels: { architecture, 'org.opencontainers.image.revision': SHA } },
        });
      } finally {
        await engine.getImage(name).remove();
      }
    }
  });

  test('may begin with an image for several platforms', async () => {
    await using world = await worldOf(await startOciRegistry());
    await (await run(world, {}, { platform: BOTH })).publish();
    expect(await failure(world, `FROM ${world.image}:${SHA}\nCOPY . /\n`)).toBeUndefined();
  });

  test('ends before anything is sent if the engine makes another platform', async () => {
    await using world = await worldOf(await startOciRegistry());
    const disobedient = (): Dockerode => engineWith({ platform: 'linux/amd64' });
    expect(await failure(world, 'FROM scratch\nCOPY . /\n', disobedient)).toMatchObject({
      code: 'ghcr-build-failed',
      message: expect.stringContaining(
        'for linux/arm64: the engine made an image for linux/amd64',
      ) as string,
    });
  });

  test('ends with a hint if the engine cannot run programs of the platform', async () => {
    await using world = await worldOf(await startOciRegistry());
    expect(await failure(world, 'FROM scratch\nCOPY . /\nRUN ["/program"]\n')).toMatchObject({
      code: 'ghcr-build-failed',
      message: expect.stringContaining('for linux/amd64: ') as string,
      hint: expect.stringContaining('FROM --platform=$BUILDPLATFORM') as string,
    });
  });

  async function failure(
    world: World,
    Dockerfile: string,
    docker = withoutNetwork,
  ): Promise<Problem | undefined> {
    world.proxy.clear();
    const more = { image: `${world.image}-service`, platform: BOTH, ports: { docker } };
    const publisher = await open(world, more);
    const plan = publisher.plan(release());
    const files = { ...cross, 'image/Dockerfile': Dockerfile, 'image/program': PROGRAM };
    const one = await step(files);
    await chmod(join(one.checkout, 'image/program'), 0o755);
    const { problems } = await publisher.build(plan, one);
    expect(world.proxy.mutating()).toEqual([]);
    return problems?.[0];
  }
});
