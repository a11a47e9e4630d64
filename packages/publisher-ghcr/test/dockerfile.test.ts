import { execFile } from 'node:child_process';
import { readFile, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { startOciRegistry } from '@ameide/local-registries';
import { needs } from '@ameide/local-registries/components';
import { createRedactor } from '@ameide/publisher-kit';
import { type FileContent, literalSource } from '@ameide/publisher-kit/testing';
import type { MissingContent, Problem } from '@ameide/versioning-core';
import Dockerode from 'dockerode';
import { describe, expect, test } from 'vitest';
import { BuildLog } from '../src/engine/build-log.ts';
import { readBuildStream } from '../src/engine/build-stream.ts';
import {
  type DockerfileOptions,
  type GhcrOptions,
  type GhcrPublisher,
  ghcr,
} from '../src/index.ts';
import { withoutNetwork } from './engine-with.ts';
import { type World, worldOf } from './registry-world.ts';
import { release, SHA, step, stepWith, tree } from './release.ts';

const CONTEXT = {
  'image/Dockerfile':
    'FROM scratch AS base\nCOPY . /\nFROM base AS final\nARG NAME=none\nLABEL name=$NAME org.opencontainers.image.revision=forged\n',
  'image/.dockerignore': 'secret.txt\n*.log\n!keep.log\n',
  'image/index.js': 'export {};\n',
  'image/secret.txt': 'LEFT OUT',
  'image/a.log': 'LEFT OUT',
  'image/keep.log': 'kept',
};

async function open(world: World, more: Partial<GhcrOptions> = {}): Promise<GhcrPublisher> {
  const { files: _files, ...options } = world.options({
    dockerfile: { directory: 'image', buildArgs: { NAME: 'sdk' } },
    ...more,
  });
  return ghcr(options).open(tree());
}

/**
 * The permissions that a container of the image sees: a folder that only root may enter is of no
 * use to a program.
 */
async function modeOf(engine: Dockerode, image: string, path: string): Promise<string> {
  const container = await engine.createContainer({ Image: image, Cmd: ['/none'] });
  try {
    const { headers } = (await container.infoArchive({ path })) as unknown as {
      headers: Record<string, string>;
    };
    const { mode } = JSON.parse(
      Buffer.from(headers['x-docker-container-path-stat'] ?? '', 'base64').toString(),
    ) as { mode: number };
    return (mode & 0o777).toString(8);
  } finally {
    await container.remove();
  }
}

needs('docker-engine')('an image from a Dockerfile', () => {
  test('is built by the engine, pushed, found again, and never built over', async () => {
    await using world = await worldOf(await startOciRegistry());
    const publisher = await open(world);
    const plan = publisher.plan(release({ channel: 'release' }));
    expect(await publisher.check(plan, await step())).toEqual([]);
    expect(await publisher.checkTools?.(plan, await step())).toEqual([]);
    const result = await publisher.build(plan, await step(CONTEXT));
    if (result.value === undefined) throw new Error(result.problems[0].message);
    const { value: built } = result;
    expect(await publisher.publish(plan, built, await step())).toMatchObject([
      { outcome: 'published' },
      { outcome: 'published' },
    ]);
    const config = JSON.parse(await readFile(built.blobs[0]?.path ?? '', 'utf8')) as {
      config: { Labels: Record<string, string> };
    };
    expect(config.config.Labels).toMatchObject({
      name: 'sdk',
      'org.opencontainers.image.revision': SHA,
      'org.opencontainers.image.version': '0.1.0-dev.20251113153211+g71e210b',
    });
    const layer = gunzipSync(await readFile(built.blobs[1]?.path ?? '')).toString('latin1');
    expect(layer).toContain('keep.log');
    expect(layer).not.toContain('LEFT OUT');
    expect(await world.tags()).toEqual({
      [SHA]: built.manifest.digest,
      '0.1.0': built.manifest.digest,
    });

    const other = await publisher.build(
      plan,
      await step({ ...CONTEXT, 'image/index.js': 'another build' }),
    );
    if (other.value === undefined) throw new Error(other.problems[0].message);
    expect(other.value.manifest.digest).not.toBe(built.manifest.digest);
    const found = await publisher.inspect({ plan, built: other.value }, await step());
    expect(found.map(({ state }) => state)).toEqual(['same-source', 'same-source']);
    world.proxy.clear();
    expect(await publisher.publish(plan, other.value, await step())).toMatchObject([
      { outcome: 'already-there' },
      { outcome: 'already-there' },
    ]);
    expect(world.proxy.mutating()).toEqual([]);
  });

  test('is pulled and loaded by the engine as what was pushed', async () => {
    await using world = await worldOf(await startOciRegistry({ auth: 'none' }));
    const publisher = await ghcr(world.options()).open(tree());
    const plan = publisher.plan(release());
    const result = await publisher.build(
      plan,
      await step({ 'sdk/index.js': 'export {};\n', 'sdk/env/dev/a.json': '{}' }),
    );
    if (result.value === undefined) throw new Error(result.problems[0].message);
    await publisher.publish(plan, result.value, await step());
    const engine = new Dockerode();
    const name = `${world.image}:${SHA}`;
    const errors: unknown[] = [];
    for await (const chunk of await engine.pull(name)) {
      errors.push(
        ...String(chunk)
          .split('\n')
          .filter((line) => line.includes('"error"')),
      );
    }
    expect(errors).toEqual([]);
    try {
      const image = await engine.getImage(name).inspect();
      expect([image.Id, image.Config.Labels['org.opencontainers.image.revision']]).toEqual([
        result.value.blobs[0]?.digest,
        SHA,
      ]);
      expect(await modeOf(engine, name, '/env/dev')).toBe('755');
    } finally {
      await engine.getImage(name).remove();
    }
  });

  test('stops when it is aborted while files are sent', async () => {
    await using world = await worldOf(await startOciRegistry());
    const publisher = await open(world);
    const abort = new AbortController();
    const one = await step(CONTEXT);
    await truncate(join(one.checkout, 'image/keep.log'), 2 ** 32);
    const aborting = {
      ...one,
      signal: abort.signal,
      emit({ message }: { readonly message: string }) {
        if (message.includes('load build context'))
          setTimeout(() => abort.abort(new Error('cancelled')), 500);
      },
    };
    await expect(publisher.build(publisher.plan(release()), aborting)).rejects.toThrow('cancelled');
  });

  test.each([
    [
      'a Dockerfile that does not parse',
      { ...CONTEXT, 'image/Dockerfile': 'FRM scratch\n' },
      {},
      'FRM',
    ],
    [
      'a stage that is not there',
      CONTEXT,
      { dockerfile: { directory: 'image', target: 'nope' } },
      'nope',
    ],
    [
      'a copy of nothing',
      { ...CONTEXT, 'image/Dockerfile': 'FROM scratch\nCOPY missing /\n' },
      {},
      'missing',
    ],
  ])('%s is a problem', async (_name, files, more, said) => {
    await using world = await worldOf(await startOciRegistry());
    const publisher = await open(world, more);
    const result = await publisher.build(publisher.plan(release()), await step(files));
    expect(result).toMatchObject({
      problems: [{ code: 'ghcr-build-failed', message: expect.stringContaining(said) as string }],
    });
  });
});

const PROGRAM = `package main
import ("fmt"; "os")
func main() { fmt.Println("it says", os.Getenv("TOKEN")); fmt.Fprintln(os.Stderr, "it is broken"); os.Exit(3) }
`;

needs('docker-engine', 'go')('a RUN that fails', () => {
  test('shows what it printed, without the token', async () => {
    await using world = await worldOf(await startOciRegistry());
    const one = await step({
      'image/Dockerfile': 'FROM scratch\nCOPY run /\nARG TOKEN\nRUN ["/run"]\n',
      'run.go': PROGRAM,
    });
    const argv = ['build', '-o', join(one.checkout, 'image/run'), join(one.checkout, 'run.go')];
    await promisify(execFile)('go', argv, { env: { ...process.env, CGO_ENABLED: '0' } });
    const publisher = await open(world, {
      dockerfile: { directory: 'image', buildArgs: { TOKEN: world.registry.password } },
      ports: { docker: withoutNetwork },
    });
    const plan = publisher.plan(release());
    expect(await publisher.check(plan, await step())).toEqual([]);
    const result = await publisher.build(plan, one);
    // Of the two streams either may come first.
    const messages = one.events.map(({ message }) => message);
    expect(messages.slice(-3).toSorted()).toEqual([
      '[2/2] RUN ["/run"]',
      'it is broken',
      'it says [secret]',
    ]);
    const message = expect.stringMatching(
      /exit code: 3\. It printed at the end:(?:\n {2}it (?:says \[secret\]|is broken)){2}$/,
    ) as string;
    expect(result).toMatchObject({ problems: [{ code: 'ghcr-build-failed', message }] });
  });
});

test('without an engine checkTools and build report it', async () => {
  await using world = await worldOf(await startOciRegistry());
  const publisher = await open(world, {
    ports: { docker: () => new Dockerode({ socketPath: '/nonexistent/docker.sock' }) },
  });
  const plan = publisher.plan(release());
  expect(await publisher.checkTools?.(plan, await step())).toMatchObject([
    { code: 'ghcr-no-engine', kind: 'incomplete' },
  ]);
  expect(await publisher.build(plan, await step(CONTEXT))).toMatchObject({
    problems: [{ code: 'ghcr-no-engine' }],
  });
});

describe('the engine’s build stream', () => {
  const ID = `sha256:${'a'.repeat(64)}`;
  const read = async (...chunks: string[]): ReturnType<typeof readBuildStream> =>
    readBuildStream(
      (async function* () {
        yield* chunks.map((chunk) => Buffer.from(chunk));
      })(),
      new BuildLog(createRedactor(), () => undefined),
    );

  test.each([
    ['the classic builder', [`{"stream":"Step 1"}\n{"aux":{"ID":"${ID}"}}\n`], { imageId: ID }],
    [
      'BuildKit',
      [
        '{"id":"moby.buildkit.trace","aux":"Cm8="}\n',
        `{"id":"moby.image.id","aux":{"ID":"${ID}"}}\n`,
      ],
      { imageId: ID },
    ],
    ['a line in pieces', [`{"aux":{"I`, `D":"${ID}"}}`], { imageId: ID }],
    ['an error in the middle', ['{"error":"no"}\n', `{"aux":{"ID":"${ID}"}}\n`], { error: 'no' }],
    [
      'a stream that breaks off',
      [`{"aux":{"ID":"${ID.slice(0, 20)}`],
      { error: 'the engine ended the build without an image' },
    ],
  ])('%s', async (_name, chunks, outcome) => {
    expect(await read(...chunks)).toEqual(outcome);
  });
});

describe('plan reports of the context', () => {
  const validate = async (
    files: Readonly<Record<string, FileContent>>,
    missing: readonly MissingContent[] = [],
    allow: readonly string[] = [],
    dockerfile: DockerfileOptions = { directory: 'image' },
  ): Promise<readonly Problem[]> => {
    const source = literalSource(files, { missing });
    const publisher = await ghcr({ image: 'ghcr.io/o/r', dockerfile, allow }).open(source);
    return publisher.validate(publisher.plan(release()), stepWith({ source }));
  };
  const lfs = { path: 'image/model.bin', reason: 'lfs' } as const;
  const submodule = { path: 'image/proto', reason: 'submodule' } as const;
  const image = { 'image/Dockerfile': '', 'image/model.bin': '' };

  test('every pattern that Docker refuses, by file and line', async () => {
    const files = { ...image, 'image/.dockerignore': '*.log\nsrc/[\n# [\n!\n' };
    const about = { code: 'ghcr-dockerignore', kind: 'input', path: 'image/.dockerignore' };
    const problems = await validate(files);
    expect(problems).toMatchObject([about, about]);
    expect(problems.map(({ message }) => message)).toEqual([
      'oci:ghcr.io/o/r cannot be built: line 2 of image/.dockerignore is a pattern that Docker refuses.',
      'oci:ghcr.io/o/r cannot be built: line 4 of image/.dockerignore is a pattern that Docker refuses.',
    ]);
    const own = { ...files, 'image/Dockerfile.dockerignore': '*.log\n' };
    expect(await validate(own)).toEqual([]);
  });

  test('content that the clone lacks', async () => {
    expect(await validate(image, [lfs, submodule])).toMatchObject([
      { code: 'lfs-content-missing', kind: 'input', path: lfs.path },
      { code: 'submodule-missing', kind: 'input', path: submodule.path },
    ]);
  });

  test('but not what .dockerignore leaves out, what is allowed, and what is elsewhere', async () => {
    const elsewhere = { path: 'other.bin', reason: 'lfs' } as const;
    const files = { ...image, 'image/.dockerignore': '*.bin\n' };
    expect(await validate(files, [lfs, elsewhere])).toEqual([]);
    const allow = [lfs.path, submodule.path];
    expect(await validate(image, [lfs, submodule, elsewhere], allow)).toEqual([]);
    const root = { ...image, '.dockerignore': 'image/proto\n', Dockerfile: '' };
    expect(await validate(root, [submodule], [], { directory: '.' })).toEqual([]);
  });

  test('nothing about secrets, links and names: the Dockerfile says what is copied', async () => {
    const files = {
      ...image,
      'image/.env': '',
      'image/.wh.x': '',
      'image/out': { link: '/etc' },
      'image/A': '',
      'image/a': '',
    };
    expect(await validate(files)).toEqual([]);
  });
});
