import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type Built,
  type Coordinate,
  type Finding,
  formatCoordinate,
  ok,
  type Plan,
  type PointerMove,
  type Problem,
  type Published,
  type Publisher,
  type PublisherDefinition,
  type Release,
  type RequestedMove,
  type Result,
  type SourceTree,
  type Step,
} from '@ameide/versioning-core';
import { decideByHand } from '../../src/write/by-hand.ts';

/**
 * A registry that is a Map: versions with their bytes' digest and source commit, and pointers. A
 * fake, and called so.
 */
export interface FakeRegistry {
  readonly versions: Map<string, { readonly digest: string; readonly sha: string }>;
  readonly pointers: Map<string, string>;
  readonly token: string;
  mutations: number;
}

export function fakeRegistry(token: string): FakeRegistry {
  return { versions: new Map(), pointers: new Map(), token, mutations: 0 };
}

interface FakeBuilt extends Built {
  readonly file: string;
}

/** What a broken publisher does otherwise. */
export type Breakage = (
  healthy: Publisher<Plan, FakeBuilt>,
  registry: FakeRegistry,
) => Partial<Publisher<Plan, FakeBuilt>>;

/**
 * A publisher of the fake registry, in the shape of the npm one: a version that names no commit, a
 * pointer `dev` or `latest`.
 */
export function fakePublisher(
  registry: FakeRegistry,
  token: string,
  breakage: Breakage = () => ({}),
): PublisherDefinition {
  return {
    label: 'fake(package.json)',
    async open(source: SourceTree) {
      const manifest = JSON.parse((await source.readText('package.json')) ?? '{}') as {
        name: string;
      };
      const healthy = new FakePublisher(manifest.name, registry, token);
      return Object.assign(
        Object.create(healthy) as Publisher,
        breakage(healthy, registry),
      ) as Publisher;
    },
  };
}

class FakePublisher implements Publisher<Plan, FakeBuilt> {
  readonly visibleOn = 'promote';
  readonly buildsFrom = 'checkout';
  readonly id: string;
  readonly members;
  readonly #registry: FakeRegistry;
  readonly #token: string;

  constructor(name: string, registry: FakeRegistry, token: string) {
    this.id = `npm:${name}`;
    this.members = [{ ecosystem: 'npm', name }] as const;
    this.#registry = registry;
    this.#token = token;
    // Broken variants inherit from an instance: its methods keep their own `this`.
    for (const verb of [
      'plan',
      'check',
      'inspect',
      'build',
      'publish',
      'promote',
      'pointers',
      'managesPointer',
      'movePointer',
    ] as const) {
      Object.defineProperty(this, verb, {
        value: FakePublisher.prototype[verb].bind(this),
        writable: true,
      });
    }
  }

  plan(release: Release): Plan {
    const [{ name }] = this.members;
    const { version, distTag } = release.versions.npm;
    const pointer = { ecosystem: 'npm', name, version } as const;
    return {
      publisher: this.id,
      registry: 'fake:',
      sha: release.canonical.sha,
      coordinates: [{ ecosystem: 'npm', name, version }],
      pointers: distTag === null ? [] : [{ ...pointer, pointer: distTag }],
    };
  }

  check(_plan: Plan, step: Step): Promise<readonly Problem[]> {
    return sync(step, () => (this.#authorized() ? [] : [problem('authentication')]));
  }

  inspect(
    subject: { plan: Plan; built?: FakeBuilt } | { coordinate: Coordinate },
    step: Step,
  ): Promise<readonly Finding[]> {
    return sync(step, () => {
      if ('coordinate' in subject) return [this.#find(subject.coordinate)];
      return subject.plan.coordinates.map((coordinate) =>
        this.#find(coordinate, subject.plan.sha, subject.built?.artifacts[0]?.digest),
      );
    });
  }

  async build(plan: Plan, step: Step): Promise<Result<FakeBuilt>> {
    step.signal.throwIfAborted();
    const content = `${plan.sha}\n${await readFile(join(step.checkout, 'package.json'), 'utf8')}`;
    const file = join(step.workspace, 'package.tgz');
    await writeFile(file, content);
    const digest = createHash('sha256').update(content).digest('hex');
    const artifacts = plan.coordinates.map((coordinate) => ({
      coordinate,
      name: 'package.tgz',
      digest,
      size: content.length,
    }));
    step.emit({ publisher: this.id, message: 'packed' });
    return ok({ artifacts, file });
  }

  publish(plan: Plan, built: FakeBuilt, step: Step): Promise<readonly Published[]> {
    return sync(step, () =>
      built.artifacts.map(({ coordinate, digest }): Published => {
        const { state } = this.#find(coordinate, plan.sha, digest);
        if (state === 'identical') return { coordinate, outcome: 'already-there', digest };
        if (state === 'conflict')
          return { coordinate, outcome: 'conflict', problem: problem('conflict') };
        if (!this.#authorized())
          return { coordinate, outcome: 'incomplete', problem: problem('authentication') };
        this.#registry.mutations += 1;
        this.#registry.versions.set(formatCoordinate(coordinate), { digest, sha: plan.sha });
        return { coordinate, outcome: 'published', digest };
      }),
    );
  }

  async promote(plan: Plan, step: Step): Promise<readonly PointerMove[]> {
    const moves: PointerMove[] = [];
    for (const pointer of plan.pointers) {
      step.signal.throwIfAborted();
      const from = this.#registry.pointers.get(pointer.pointer);
      const sha = this.#registry.versions.get(`npm:${pointer.name}@${from}`)?.sha;
      const relation = sha === undefined ? 'ancestor' : await step.history.relation(sha, plan.sha);
      if (from === pointer.version) moves.push({ pointer, outcome: 'already', from });
      else if (relation !== 'ancestor')
        moves.push({ pointer, outcome: 'superseded', ...(from === undefined ? {} : { from }) });
      else {
        this.#registry.mutations += 1;
        this.#registry.pointers.set(pointer.pointer, pointer.version);
        moves.push({ pointer, outcome: 'moved' });
      }
    }
    return moves.length === 0 ? sync(step, () => moves) : moves;
  }

  pointers(plan: Plan, step: Step): ReturnType<NonNullable<Publisher['pointers']>> {
    return sync(step, () =>
      plan.pointers.map((pointer) => {
        const version = this.#registry.pointers.get(pointer.pointer);
        return version === undefined ? { pointer } : { pointer, version };
      }),
    );
  }

  managesPointer(pointer: string): boolean {
    return ['latest', 'next', 'dev'].includes(pointer);
  }

  movePointer(_plan: Plan, { pointer, from }: RequestedMove, step: Step): Promise<PointerMove> {
    return sync(step, (): PointerMove => {
      const now = this.#registry.pointers.get(pointer.pointer);
      if (now === pointer.version) return { pointer, outcome: 'already', from: now };
      const decision = decideByHand({ pointer, from }, now === undefined ? [] : [now]);
      if (decision.outcome === 'blocked')
        return { pointer, outcome: 'blocked', from: now ?? '', problem: decision.problem };
      this.#registry.mutations += 1;
      this.#registry.pointers.set(pointer.pointer, pointer.version);
      return { pointer, outcome: 'moved', from };
    });
  }

  #authorized(): boolean {
    return this.#token === this.#registry.token;
  }

  #find(coordinate: Coordinate, sha?: string, digest?: string): Finding {
    const there = this.#registry.versions.get(formatCoordinate(coordinate));
    if (there === undefined) return { coordinate, state: 'absent' };
    if (sha !== undefined && there.sha !== sha)
      return { coordinate, state: 'conflict', ...there, problem: problem('conflict') };
    return { coordinate, state: digest === there.digest ? 'identical' : 'same-source', ...there };
  }
}

function problem(kind: Problem['kind']): Problem {
  return {
    code: `fake-${kind}`,
    message: `The fake registry says: ${kind}.`,
    kind,
    effect: 'none',
    rerun: 'after-fix',
  };
}

function sync<T>(step: Step, work: () => T): Promise<T> {
  return new Promise((resolve) => {
    step.signal.throwIfAborted();
    resolve(work());
  });
}
