import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { builtFolderProblem, decideByHand } from '@ameide/publisher-kit';
import {
  type ArtifactContents,
  type Built,
  type Coordinate,
  type Finding,
  failed,
  formatCoordinate,
  managesName,
  ok,
  type Plan,
  type Pointer,
  type PointerMove,
  type Published,
  type Publisher,
  type PublisherDefinition,
  type Release,
  type Step,
  type Subject,
} from '@ameide/versioning-core';

// A fake: no registry, no network. It keeps the interface's promises unless a test replaces one of
// its verbs.

interface StoredArtifact {
  readonly sha: string;
  readonly digest: string;
}

/**
 * What all fake publishers of one test share: the registry, and every verb in the order it began
 * and ended.
 */
export interface FakeWorld {
  readonly artifacts: Map<string, StoredArtifact>;
  readonly pointers: Map<string, string>;
  /** `publish npm:a`, then `published npm:a` when it has ended. */
  readonly log: string[];
}

export function createFakeWorld(): FakeWorld {
  return { artifacts: new Map(), pointers: new Map(), log: [] };
}

/** The calls that began with one of these verbs. */
export function calls(world: FakeWorld, ...verbs: readonly string[]): readonly string[] {
  return world.log.filter((line) => verbs.some((verb) => line.startsWith(`${verb} `)));
}

export interface FakeOptions {
  readonly visibleOn?: Publisher['visibleOn'];
  readonly buildsFrom?: Publisher['buildsFrom'];
  /** Versions beside the release's own: an image has two tags. */
  readonly alsoVersions?: readonly string[];
  readonly pointers?: readonly string[];
  /** False for one without pointers, as PyPI is: it has no `promote`. */
  readonly promotes?: false;
  /** Replaces verbs; each is given the real one. */
  readonly override?: (real: Publisher) => Partial<Publisher>;
}

/** A publisher of the package `npm:<name>`. */
export function fake(
  world: FakeWorld,
  name: string,
  options: FakeOptions = {},
): PublisherDefinition {
  return {
    label: `fake(${name})`,
    async open() {
      const real = createFake(world, name, options);
      if (options.promotes === false) delete real.promote;
      return logged(world, { ...real, ...options.override?.(real) });
    },
  };
}

function createFake(world: FakeWorld, name: string, options: FakeOptions): Publisher {
  const { artifacts, pointers } = world;
  const key = ({ name: of, pointer }: Pointer): string => `${of} ${pointer}`;
  return {
    id: `npm:${name}`,
    visibleOn: options.visibleOn ?? 'promote',
    buildsFrom: options.buildsFrom ?? 'checkout',
    members: [{ ecosystem: 'npm', name }],
    plan: (release) => planOf(name, release, options),
    check: async () => [],
    async inspect(subject) {
      const asked = 'coordinate' in subject ? [subject.coordinate] : subject.plan.coordinates;
      const sha = 'plan' in subject ? subject.plan.sha : undefined;
      const digest = 'plan' in subject ? subject.built?.artifacts[0]?.digest : undefined;
      return asked.map((coordinate): Finding => {
        const entry = artifacts.get(formatCoordinate(coordinate));
        if (entry === undefined) return { coordinate, state: 'absent' };
        if (sha !== undefined && entry.sha !== sha)
          return { coordinate, state: 'conflict', ...entry };
        return {
          coordinate,
          state: entry.digest === digest ? 'identical' : 'same-source',
          ...entry,
        };
      });
    },
    async build(plan) {
      return ok(builtOf(plan));
    },
    async save({ artifacts }, folder) {
      await writeFile(join(folder, 'package.tgz'), artifacts[0]?.digest ?? '');
    },
    async load(plan, folder) {
      const digest = await readFile(join(folder, 'package.tgz'), 'utf8');
      const built = builtOf(plan);
      return built.artifacts[0]?.digest === digest
        ? ok(built)
        : failed(builtFolderProblem(plan.publisher, 'package.tgz is of another commit'));
    },
    async rehearse(plan, built) {
      const [coordinate] = plan.coordinates;
      const [pointer] = plan.pointers;
      if (coordinate === undefined) return { built: [], published: ok([]) };
      const before = pointer === undefined ? undefined : pointers.get(key(pointer));
      const isThere = artifacts.has(formatCoordinate(coordinate));
      const version = isThere ? coordinate.version : before;
      const there =
        version === undefined
          ? undefined
          : artifacts.get(formatCoordinate({ ...coordinate, version }));
      const digest = built.artifacts[0]?.digest ?? '';
      return {
        built: [contentsOf(coordinate, digest)],
        published: ok(
          there === undefined || version === undefined
            ? []
            : [contentsOf({ ...coordinate, version }, there.digest)],
        ),
      };
    },
    async publish(plan, built) {
      return plan.coordinates.map((coordinate, index): Published => {
        const text = formatCoordinate(coordinate);
        const digest = built.artifacts[index]?.digest ?? '';
        const entry = artifacts.get(text);
        if (entry !== undefined)
          return { coordinate, outcome: 'already-there', digest: entry.digest };
        artifacts.set(text, { sha: plan.sha, digest });
        return { coordinate, outcome: 'published', digest };
      });
    },
    async promote(plan) {
      return plan.pointers.map((pointer): PointerMove => {
        const from = pointers.get(key(pointer));
        if (from === pointer.version) return { pointer, outcome: 'already', from };
        pointers.set(key(pointer), pointer.version);
        return { pointer, outcome: 'moved', ...(from === undefined ? {} : { from }) };
      });
    },
    managesPointer: (pointer, version) =>
      managesName(
        { release: 'latest', candidate: null, dev: 'dev', byHand: null },
        pointer,
        version,
      ),
    async movePointer(_plan, { pointer, from }) {
      const now = pointers.get(key(pointer));
      if (now === pointer.version) return { pointer, outcome: 'already', from: now };
      const decision = decideByHand({ pointer, from }, now === undefined ? [] : [now]);
      if (decision.outcome === 'blocked')
        return {
          pointer,
          outcome: 'blocked',
          ...(now === undefined ? {} : { from: now }),
          problem: decision.problem,
        };
      pointers.set(key(pointer), pointer.version);
      return { pointer, outcome: 'moved', from };
    },
    async pointers(plan) {
      return plan.pointers.map((pointer) => {
        const version = pointers.get(key(pointer));
        return version === undefined ? { pointer } : { pointer, version };
      });
    },
  };
}

function planOf(
  name: string,
  release: Release,
  { alsoVersions = [], pointers = ['dev'] }: FakeOptions,
): Plan {
  const version = release.versions.npm.version;
  const coordinates = [version, ...alsoVersions].map(
    (one): Coordinate => ({ ecosystem: 'npm', name, version: one }),
  );
  return {
    publisher: `npm:${name}`,
    registry: 'memory://registry',
    sha: release.canonical.sha,
    coordinates,
    pointers: pointers.map((pointer): Pointer => ({ ecosystem: 'npm', name, pointer, version })),
  };
}

function builtOf(plan: Plan): Built {
  return {
    artifacts: plan.coordinates.map((coordinate) => {
      const digest = `sha256:${createHash('sha256').update(plan.sha).update(plan.publisher).digest('hex')}`;
      return { coordinate, name: `${coordinate.name}.tgz`, digest, size: 1 };
    }),
  };
}

/** One file that is the same in every version, and one that is not. */
function contentsOf(coordinate: Coordinate, digest: string): ArtifactContents {
  const manifest = `name: ${coordinate.name}\nversion: ${coordinate.version}\n`;
  const hash = createHash('sha256').update(manifest).digest('hex');
  return {
    coordinate,
    part: 'package',
    digest,
    manifest,
    files: [
      { path: 'LICENSE', size: 1, digest: 'sha256:00' },
      { path: 'package.json', size: manifest.length, digest: `sha256:${hash}` },
    ],
  };
}

const DONE: Readonly<Record<string, string>> = {
  check: 'checked',
  sign: 'signed',
  proofs: 'proven',
  inspect: 'inspected',
  pointers: 'pointers read',
  build: 'built',
  publish: 'published',
  promote: 'promoted',
};

function logged(world: FakeWorld, publisher: Publisher): Publisher {
  const wrap = <A extends readonly unknown[], R>(
    verb: string,
    run: (...args: A) => Promise<R>,
  ): ((...args: A) => Promise<R>) => {
    return async (...args) => {
      world.log.push(`${verb} ${publisher.id}`);
      // One turn, so that verbs of several publishers that run at once are seen to do so.
      await new Promise((resolve) => setImmediate(resolve));
      try {
        return await run(...args);
      } finally {
        world.log.push(`${DONE[verb]} ${publisher.id}`);
      }
    };
  };
  return {
    ...publisher,
    check: wrap('check', async (plan: Plan, step: Step) => publisher.check(plan, step)),
    inspect: wrap('inspect', async (subject: Subject<Plan, Built>, step: Step) =>
      publisher.inspect(subject, step),
    ),
    build: wrap('build', async (plan: Plan, step: Step) => publisher.build(plan, step)),
    publish: wrap('publish', async (plan: Plan, built: Built, step: Step) =>
      publisher.publish(plan, built, step),
    ),
    ...(publisher.sign === undefined
      ? {}
      : {
          sign: wrap(
            'sign',
            async (plan: Plan, step: Step, built?: Built, seen?: readonly Finding[]) =>
              (await publisher.sign?.(plan, step, built, seen)) ?? [],
          ),
        }),
    ...(publisher.proofs === undefined
      ? {}
      : {
          proofs: wrap(
            'proofs',
            async (plan: Plan, step: Step) => (await publisher.proofs?.(plan, step)) ?? [],
          ),
        }),
    ...(publisher.promote === undefined
      ? {}
      : {
          promote: wrap(
            'promote',
            async (plan: Plan, step: Step) => (await publisher.promote?.(plan, step)) ?? [],
          ),
        }),
    ...(publisher.pointers === undefined
      ? {}
      : {
          pointers: wrap(
            'pointers',
            async (plan: Plan, step: Step) => (await publisher.pointers?.(plan, step)) ?? [],
          ),
        }),
  };
}

/** A clock that stands still unless something sleeps. */
export function createFakeClock(onSleep: (now: number) => void = () => undefined): {
  now(): number;
  date(): Date;
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  readonly slept: number[];
} {
  const slept: number[] = [];
  let time = 1_000_000;
  return {
    slept,
    now: () => time,
    date: () => new Date(Date.UTC(2026, 0, 1) + time - 1_000_000),
    async sleep(ms, signal) {
      signal.throwIfAborted();
      slept.push(ms);
      time += ms;
      onSleep(time - 1_000_000);
      signal.throwIfAborted();
    },
  };
}
