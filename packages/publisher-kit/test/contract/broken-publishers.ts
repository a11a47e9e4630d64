import { execFile } from 'node:child_process';
import { appendFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { failed, ok, problem } from '@ameide/versioning-core';
import { strToU8, zipSync } from 'fflate';
import type { Breakage } from './fake-publisher.ts';

/** What the fake registry takes. */
export const TOKEN = 'right-4f1c9a7e2b';

/**
 * Packs what it finds in its checkout, and leaves something there: the second build in one copy would
 * find it.
 */
export const buildsInCheckout: Breakage = (healthy) => ({
  build: async (plan, step) => {
    await appendFile(join(step.checkout, 'package.json'), '\n');
    return healthy.build(plan, step);
  },
});

const NO_ANSWER = problem({
  code: 'fake-unavailable',
  kind: 'incomplete',
  message: 'The fake registry does not answer.',
});

let builds = 0;
const journal = new Set<string>();
const running = new Set<string>();

/** Broken in one way each, and the case that has to notice it. */
export const broken: Readonly<Record<string, readonly [caseName: string, Breakage]>> = {
  'plans another pointer each time': [
    'pure-plan',
    (healthy) => {
      let n = 0;
      return { plan: (release) => ({ ...healthy.plan(release), registry: `fake:${++n}` }) };
    },
  ],
  'keeps a date in its plan': [
    'pure-plan',
    (healthy) => ({ plan: (release) => ({ ...healthy.plan(release), at: new Date(0) }) }),
  ],
  'moves a pointer for a pull request': [
    'pure-plan',
    (healthy) => ({
      plan: (release) => {
        const plan = healthy.plan(release);
        const [coordinate] = plan.coordinates;
        return coordinate === undefined
          ? plan
          : { ...plan, pointers: [{ ...coordinate, pointer: 'dev' }] };
      },
    }),
  ],
  'takes any token': [
    'wrong-token',
    (_, registry) => ({
      check: () => Promise.resolve([]),
      publish: (_plan, built) => {
        registry.versions.set('npm:@example/fake@0.0.1', { content: '', digest: '', sha: '' });
        return Promise.resolve(
          built.artifacts.map(({ coordinate }) => ({ coordinate, outcome: 'published' as const })),
        );
      },
    }),
  ],
  'calls a wrong token a conflict': [
    'wrong-token',
    (healthy) => ({
      check: () => Promise.resolve([]),
      publish: async (plan, built, step) =>
        (await healthy.publish(plan, built, step)).map((one) =>
          one.problem === undefined
            ? one
            : { ...one, problem: { ...one.problem, kind: 'conflict' } },
        ),
    }),
  ],
  'moves a pointer by hand whatever it names': [
    'pointer-by-hand',
    (healthy, registry) => ({
      movePointer: async (plan, { pointer }, step) => {
        const from = registry.pointers.get(pointer.pointer) ?? '';
        return (
          healthy.movePointer?.(plan, { pointer, from }, step) ?? { pointer, outcome: 'moved' }
        );
      },
    }),
  ],
  'moves no pointer by hand, and says that it did': [
    'pointer-by-hand',
    () => ({
      movePointer: async (_plan, { pointer, from }) => ({ pointer, outcome: 'moved', from }),
    }),
  ],
  'rehearses by publishing': [
    'rehearse',
    (healthy) => ({
      rehearse: async (plan, built, step) => {
        await healthy.publish(plan, built, step);
        return healthy.rehearse(plan, built, step);
      },
    }),
  ],
  'compares with nothing': [
    'rehearse',
    (healthy) => ({
      rehearse: async (plan, built, step) => ({
        ...(await healthy.rehearse(plan, built, step)),
        published: ok([]),
      }),
    }),
  ],
  'lists what it built as what is published': [
    'rehearse',
    (healthy) => ({
      rehearse: async (plan, built, step) => {
        const { built: ours } = await healthy.rehearse(plan, built, step);
        return { built: ours, published: ok(ours) };
      },
    }),
  ],
  'does not listen to the signal': [
    'abort',
    (healthy) => ({
      publish: (plan, built, step) =>
        healthy.publish(plan, built, { ...step, signal: new AbortController().signal }),
    }),
  ],
  'takes unknown for absent': [
    'publish',
    (healthy) => ({
      inspect: async (subject, step) =>
        (await healthy.inspect(subject, step)).map((one) =>
          one.state === 'absent' ? { ...one, state: 'unknown' as const } : one,
        ),
    }),
  ],
  'writes in check': [
    'publish',
    (healthy, registry) => ({
      check: (plan, step) => {
        registry.mutations += 1;
        return healthy.check(plan, step);
      },
    }),
  ],
  'does not move its pointer': [
    'publish',
    (_, registry) => ({
      promote: (plan, { signal }) => {
        signal.throwIfAborted();
        registry.mutations += 1;
        return Promise.resolve(
          plan.pointers.map((pointer) => ({ pointer, outcome: 'moved' as const })),
        );
      },
    }),
  ],
  'uploads again': [
    'again',
    (healthy, registry) => ({
      publish: async (plan, built, step) => {
        const published = await healthy.publish(plan, built, step);
        registry.mutations += 1;
        return published;
      },
    }),
  ],
  'says published twice': [
    'again',
    (healthy) => ({
      publish: async (plan, built, step) =>
        (await healthy.publish(plan, built, step)).map((one) => ({
          ...one,
          outcome: one.outcome === 'already-there' ? ('published' as const) : one.outcome,
        })),
    }),
  ],
  'builds other bytes each time': [
    'reproducible',
    (healthy) => ({
      build: async (plan, step) => {
        const result = await healthy.build(plan, step);
        if (result.value === undefined) return result;
        const artifacts = result.value.artifacts.map((one) => ({
          ...one,
          size: one.size + ++builds,
        }));
        return ok({ ...result.value, artifacts });
      },
    }),
  ],
  'builds in its checkout and does not say so': ['again', buildsInCheckout],
  'leaves files in its checkout': [
    'reproducible',
    (healthy) => ({
      build: async (plan, step) => {
        await writeFile(join(step.checkout, 'build.log'), 'done\n');
        return healthy.build(plan, step);
      },
    }),
  ],
  'takes what another commit built': [
    'another-machine',
    (healthy) => ({
      load: async (plan, folder, step) => {
        const result = await healthy.load(plan, folder, step);
        return result.value === undefined
          ? ok({ artifacts: [], file: join(folder, 'package.tgz') })
          : result;
      },
    }),
  ],
  'saves other files than it built': [
    'another-machine',
    () => ({ save: async (_built, folder) => writeFile(join(folder, 'package.tgz'), 'other') }),
  ],
  'lists what it plans': [
    'list-empty',
    () => ({
      versions: async ({ coordinates }) =>
        ok({ versions: coordinates.map((coordinate) => ({ coordinate })), pointers: [] }),
    }),
  ],
  'lists nothing when the registry does not answer': [
    'list',
    (healthy) => ({
      versions: async (plan, step) => {
        const list = await healthy.versions?.(plan, step);
        return list?.value === undefined ? ok({ versions: [], pointers: [] }) : list;
      },
    }),
  ],
  'lists dev builds only': [
    'list',
    (healthy) => ({
      versions: async (plan, step) => {
        const { value } = (await healthy.versions?.(plan, step)) ?? {};
        const isDev = (version: string): boolean => version.includes('-dev.');
        return value === undefined
          ? failed(NO_ANSWER)
          : ok({
              ...value,
              versions: value.versions.filter(({ coordinate }) => isDev(coordinate.version)),
            });
      },
    }),
  ],
  'lists pointers that it does not move': [
    'list',
    (healthy) => ({
      versions: async (plan, step) => {
        const { value } = (await healthy.versions?.(plan, step)) ?? {};
        if (value === undefined) return failed(NO_ANSWER);
        const [first] = value.pointers;
        if (first === undefined) return ok(value);
        const upload = { ...first, pointer: { ...first.pointer, pointer: 'incoming' } };
        return ok({ ...value, pointers: [...value.pointers, upload] });
      },
    }),
  ],
  'forgets the commit': [
    'read-back',
    (healthy) => ({
      inspect: async (subject, step) => {
        const findings = await healthy.inspect(subject, step);
        return 'plan' in subject
          ? findings
          : findings.map(({ coordinate, state }) => ({ coordinate, state }));
      },
    }),
  ],
  'takes another commit of that second for its own': [
    'same-second',
    (healthy) => ({
      inspect: async (subject, step) =>
        (await healthy.inspect(subject, step)).map((one) =>
          one.state === 'conflict' ? { ...one, state: 'same-source' as const } : one,
        ),
    }),
  ],
  'moves pointers backwards': [
    'pointer-backwards',
    (healthy, registry) => ({
      promote: async (plan, step) => {
        const moves = (await healthy.promote?.(plan, step)) ?? [];
        for (const { pointer, version } of plan.pointers) registry.pointers.set(pointer, version);
        return moves;
      },
    }),
  ],
  overwrites: [
    'no-overwrite',
    (healthy, registry) => ({
      publish: (plan, built, step) => {
        if (plan.coordinates[0]?.version === '0.1.0') registry.versions.clear();
        return healthy.publish(plan, built, step);
      },
    }),
  ],
  'takes a refused upload for a success': [
    'too-many-requests',
    (healthy) => ({
      publish: async (plan, built, step) =>
        (await healthy.publish(plan, built, step)).map((one) =>
          one.problem?.rerun === 'safe' && one.outcome === 'incomplete'
            ? { coordinate: one.coordinate, outcome: 'published' }
            : one,
        ),
    }),
  ],
  'says of what may have landed that nothing has': [
    'hidden',
    (healthy) => ({
      publish: async (plan, built, step) =>
        (await healthy.publish(plan, built, step)).map((one) =>
          one.outcome === 'unknown' ? { ...one, outcome: 'incomplete' } : one,
        ),
    }),
  ],
  'believes its journal': [
    'stopped',
    (healthy, registry) => ({
      publish: async (plan, built, step) => {
        const before = registry.mutations;
        const known = built.artifacts.filter(({ digest }) => journal.has(digest));
        if (known.length > 0)
          return known.map(({ coordinate }) => ({ coordinate, outcome: 'already-there' }));
        try {
          return await healthy.publish(plan, built, step);
        } catch (error) {
          if (registry.mutations > before)
            for (const { digest } of built.artifacts) journal.add(digest);
          throw error;
        }
      },
    }),
  ],
  'takes another run of its commit for another commit': [
    'two-runs',
    (healthy) => ({
      publish: async (plan, built, step) => {
        const isAlone = !running.has(plan.sha);
        running.add(plan.sha);
        try {
          const published = await healthy.publish(plan, built, step);
          return isAlone ? published : published.map((one) => ({ ...one, outcome: 'conflict' }));
        } finally {
          running.delete(plan.sha);
        }
      },
    }),
  ],
  'gives up when another run moves its pointer': [
    'two-commits',
    (healthy, registry) => ({
      promote: async (plan, step) => {
        const before = registry.mutations;
        const moves = (await healthy.promote?.(plan, step)) ?? [];
        return registry.mutations - before > plan.pointers.length
          ? moves.map((one) => ({ ...one, outcome: 'blocked' }))
          : moves;
      },
    }),
  ],
  'prints its token': [
    'no-secret-shown',
    (healthy) => ({
      check: (plan, step) => {
        step.emit({
          publisher: plan.publisher,
          message: `PUT with Basic ${Buffer.from(`user:${TOKEN}`).toString('base64')}`,
        });
        return healthy.check(plan, step);
      },
    }),
  ],
  'removes what a pointer names': [
    'remove',
    (healthy, registry) => ({
      remove: async (plan, coordinates, step) => {
        const named = new Map(registry.pointers);
        registry.pointers.clear();
        const removed = (await healthy.remove?.(plan, coordinates, step)) ?? [];
        for (const [pointer, version] of named) registry.pointers.set(pointer, version);
        return removed;
      },
    }),
  ],
  'removes a release': [
    'remove',
    (healthy) => ({
      remove: async (plan, coordinates, step) => {
        const builds = coordinates.filter(({ version }) => version.includes('-dev.'));
        return (await healthy.remove?.(plan, builds, step)) ?? [];
      },
    }),
  ],
  'asks the registry to remove what is gone': [
    'remove',
    (healthy, registry) => ({
      remove: async (plan, coordinates, step) => {
        registry.mutations += 1;
        return (await healthy.remove?.(plan, coordinates, step)) ?? [];
      },
    }),
  ],
  'says that a wrong token has removed': [
    'removal-wrong-token',
    (healthy) => ({
      checkRemoval: async () => [],
      remove: async (plan, coordinates, step) =>
        ((await healthy.remove?.(plan, coordinates, step)) ?? []).map(({ coordinate }) => ({
          coordinate,
          outcome: 'removed' as const,
        })),
    }),
  ],
  'fails after a lost answer to a removal': [
    'removal-stopped',
    (healthy, registry) => ({
      remove: async (plan, coordinates, step) => {
        const { hook } = registry;
        let isLost = false;
        registry.hook = async (one) => {
          const obstacle = await hook?.(one);
          isLost ||= obstacle === 'answer-lost';
          return obstacle;
        };
        const removed = (await healthy.remove?.(plan, coordinates, step)) ?? [];
        if (!isLost) return removed;
        return removed.map(({ coordinate }) => ({ coordinate, outcome: 'unknown' as const }));
      },
    }),
  ],
  'writes its token into a file': [
    'no-secret-shown',
    (healthy) => ({
      build: async (plan, step) => {
        await writeFile(join(step.workspace, '.npmrc'), `//registry/:_authToken=${TOKEN}\n`);
        return healthy.build(plan, step);
      },
    }),
  ],
  'packs its token into a tarball': [
    'no-secret-shown',
    (healthy) => ({
      build: async (plan, step) => {
        await writeFile(
          join(step.workspace, 'a.tgz'),
          gzipSync(`//registry/:_authToken=${TOKEN}\n`),
        );
        return healthy.build(plan, step);
      },
    }),
  ],
  'packs its token into a wheel': [
    'no-secret-shown',
    (healthy) => ({
      build: async (plan, step) => {
        const text = strToU8(`[pypi]\npassword = ${TOKEN}\n`.repeat(20));
        await writeFile(
          join(step.workspace, 'a.whl'),
          zipSync({ 'a.py': strToU8('pass\n'), '.pypirc': text }),
        );
        return healthy.build(plan, step);
      },
    }),
  ],
  'gives its token to a program as an argument': [
    'no-secret-shown',
    (healthy) => ({
      build: async (plan, step) => {
        await promisify(execFile)(process.execPath, [
          '-e',
          'setTimeout(() => {}, 200)',
          '--',
          `--token=${TOKEN}`,
        ]);
        return healthy.build(plan, step);
      },
    }),
  ],
};
