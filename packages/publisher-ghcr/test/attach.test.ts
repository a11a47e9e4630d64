import { createHash } from 'node:crypto';
import {
  holdAnswers,
  type RecordingProxyOptions,
  type RunningOciRegistry,
  startDockerRegistry,
  startOciRegistry,
} from '@ameide/local-registries';
import { component, needs } from '@ameide/local-registries/components';
import { withinRoundTrips } from '@ameide/local-registries/round-trips';
import { createProcesses } from '@ameide/publisher-kit';
import type { Attachment } from '@ameide/versioning-core';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ghcr } from '../src/index.ts';
import { type World, worldOf } from './registry-world.ts';
import { release, SHA, step, tree } from './release.ts';

const TYPE = 'application/vnd.ameide.release-record.v1+json';

const BUNDLE = {
  name: 'configuration',
  files: async () => ({ value: [{ path: 'a.json', content: Buffer.from('{}') }] }),
} as const;

function record(text: string) {
  return { name: 'release-record.json', content: Buffer.from(text), mediaType: TYPE };
}

interface Lab extends World {
  /** In a run of its own. */
  attach(...texts: readonly string[]): Promise<readonly Attachment[]>;
  /** In the run that has published the image, after its read-back. */
  attachFirst(...texts: readonly string[]): Promise<readonly Attachment[]>;
  /** In a run that has not published the image. */
  attachFromOther(...texts: readonly string[]): Promise<readonly Attachment[]>;
  /** The digest of the published image. */
  readonly subject: string;
}

async function start(
  registry: Promise<RunningOciRegistry>,
  proxying: RecordingProxyOptions = {},
): Promise<Lab> {
  const world = await worldOf(await registry, proxying);
  onTestFinished(async () => world[Symbol.asyncDispose]());
  // Whatever the run has read is recent.
  const { files: _files, image, ...options } = world.options({ ports: { now: () => 0 } });
  const publisher = await ghcr.bundle(image, options).open(tree(), BUNDLE);
  const plan = publisher.plan(release());
  const own = await step();
  const built = await publisher.build(plan, own);
  if (built.value === undefined) throw new Error('the bundle is built');
  await publisher.publish(plan, built.value, own);
  await publisher.inspect({ plan }, own);
  world.proxy.clear();
  const other = await ghcr.bundle(image, options).open(tree(), BUNDLE);
  return {
    ...world,
    attachFromOther: async (...texts) =>
      (await other.attach?.(plan, texts.map(record), await step())) ?? [],
    subject: built.value.artifacts[0]?.digest ?? '',
    attach: async (...texts) =>
      (await publisher.attach?.(plan, texts.map(record), await step())) ?? [],
    attachFirst: async (...texts) => (await publisher.attach?.(plan, texts.map(record), own)) ?? [],
  };
}

function outcomes(attached: readonly Attachment[]): readonly string[] {
  return attached.map(({ outcome, problem }) => problem?.code ?? outcome);
}

/** What the registry says is attached to the image: by its own list, or else by the tag. */
async function attachedTo(lab: Lab): Promise<readonly { artifactType: string }[]> {
  const listed = await lab.fetch(`referrers/${lab.subject}`);
  const answer = listed.ok ? listed : await lab.fetch(`manifests/${lab.subject.replace(':', '-')}`);
  if (!answer.ok) return [];
  return ((await answer.json()) as { manifests: readonly { artifactType: string }[] }).manifests;
}

const REGISTRIES = {
  'a registry with referrers': async () => startOciRegistry(),
  'a registry without referrers': async () => startOciRegistry({ referrers: false }),
};

describe.each(Object.entries(REGISTRIES))(
  'a file attached to an image, at %s',
  (_name, registry) => {
    test('is named beside the image, and a second run writes nothing', async () => {
      const lab = await start(registry());
      expect(outcomes(await lab.attach('{"a":1}'))).toEqual(['attached']);
      expect(await attachedTo(lab)).toMatchObject([{ artifactType: TYPE }]);
      lab.proxy.clear();
      expect(outcomes(await lab.attach('{"a":1}'))).toEqual(['already-there']);
      expect(lab.proxy.mutating()).toEqual([]);
    });

    test('is attached beside the file of another channel of the same commit', async () => {
      const lab = await start(registry());
      await lab.attach('{"channel":"candidate"}');
      expect(outcomes(await lab.attach('{"channel":"release"}'))).toEqual(['attached']);
      expect(await attachedTo(lab)).toHaveLength(2);
      expect(await lab.tags()).not.toEqual({});
    });

    test.each([
      ['a lost answer', { kind: 'reset', forward: true }],
      ['503', { kind: 'status', status: 503 }],
      ['a lost connection', { kind: 'reset' }],
    ] as const)('survives %s at each write', async (_what, fault) => {
      const clean = await start(registry());
      await clean.attach('{}');
      const writes = clean.proxy.mutating().length;
      expect(writes).toBeGreaterThan(2);
      for (let at = 0; at < writes; at += 1) {
        let isOn = false;
        let seen = 0;
        const lab = await start(registry(), {
          fault: ({ mutating }) => (isOn && mutating && seen++ === at ? fault : undefined),
        });
        isOn = true;
        const first = outcomes(await lab.attach('{}'));
        isOn = false;
        const second = outcomes(await lab.attach('{}'));
        expect([first, second], `write ${at}`).toEqual([['attached'], ['already-there']]);
        expect(await attachedTo(lab)).toHaveLength(1);
      }
    });
  },
);

// Upper bounds: two blobs, in two steps each, the manifest, and the read-back of the list.
test.each([
  ['a registry with referrers', true, [6, 4]],
  // The list, which it does not have; then its tag is read, written and read.
  ['a registry without referrers', false, [9, 7]],
] as const)('a new image at %s is not asked for files that it cannot have', async (...given) => {
  const [, referrers, most] = given;
  const lab = await start(startOciRegistry({ referrers }), holdAnswers(100));
  const attached = await withinRoundTrips('attach', lab.proxy, most, async () =>
    lab.attachFirst('{}'),
  );
  expect(outcomes(attached)).toEqual(['attached']);
  expect(await attachedTo(lab)).toHaveLength(1);
});

test('a new image that has the file already, because another run was quicker, lists it once', async () => {
  for (const registry of Object.values(REGISTRIES)) {
    const lab = await start(registry());
    expect(outcomes(await lab.attachFromOther('{}'))).toEqual(['attached']);
    expect(outcomes(await lab.attachFirst('{}'))).toEqual(['attached']);
    expect(await attachedTo(lab)).toHaveLength(1);
  }
});

test('an image that is not there gets no file', async () => {
  const world = await worldOf(await startOciRegistry());
  onTestFinished(async () => world[Symbol.asyncDispose]());
  const { files: _files, image, ...options } = world.options();
  const publisher = await ghcr.bundle(image, options).open(tree(), BUNDLE);
  const attached = await publisher.attach?.(
    publisher.plan(release()),
    [record('{}')],
    await step(),
  );
  expect(outcomes(attached ?? [])).toEqual(['ghcr-nothing-to-attach-to']);
  expect(world.proxy.mutating()).toEqual([]);
});

test('an image of files keeps none: its release has the record elsewhere', async () => {
  const publisher = await ghcr({ image: 'ghcr.io/a/b', files: 'sdk' }).open(tree());
  expect(publisher).not.toHaveProperty('attach');
});

needs('docker-registry', 'oras')('with oras, at docker-registry', () => {
  test('the record is found and pulled', async () => {
    const lab = await start(startDockerRegistry());
    await lab.attach('{"a":1}');
    const oras = async (...argv: string[]): Promise<string> => {
      const own = await step();
      const login = ['--plain-http', '--username', lab.registry.user, '--password-stdin'];
      const run = await createProcesses().run({
        argv: [component('oras').path ?? 'oras', ...argv, ...login],
        cwd: own.workspace,
        input: lab.registry.password,
      });
      expect(run.ok, run.summary).toBe(true);
      return run.stdoutText;
    };
    const image = `${lab.image}:${SHA}`;
    const found = JSON.parse(await oras('discover', '--format', 'json', image));
    const [referrer] = found.manifests ?? found.referrers;
    expect(referrer).toMatchObject({ artifactType: TYPE });
    const manifest = JSON.parse(
      await oras('manifest', 'fetch', `${lab.image}@${String(referrer.digest)}`),
    );
    expect(manifest.layers[0].digest).toBe(
      `sha256:${createHash('sha256').update('{"a":1}').digest('hex')}`,
    );
  });
});
