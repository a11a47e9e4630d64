import { createHash } from 'node:crypto';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type ArtifactContents,
  type Built,
  type Coordinate,
  type Finding,
  failed,
  formatCoordinate,
  InvalidInputError,
  ok,
  type Plan,
  type Pointer,
  type PointerMove,
  type Problem,
  type Published,
  type Publisher,
  type PublisherDefinition,
  parseNpmVersion,
  type Rehearsal,
  type Release,
  type Removed,
  type RequestedMove,
  type Result,
  type SourceTree,
  type Step,
  type VersionList,
} from '@ameide/versioning-core';
import type { ContractWorld, Obstacle } from '../../src/contract/world.ts';
import { builtFolderProblem } from '../../src/problem/built-folder.ts';
import { decideByHand } from '../../src/write/by-hand.ts';

/**
 * A registry that is a Map: versions with their bytes, their digest and source commit, and pointers.
 * A fake, and called so.
 */
export interface FakeRegistry {
  readonly versions: Map<string, Stored>;
  readonly pointers: Map<string, string>;
  readonly token: string;
  mutations: number;
  /** What stands in the way of requests. */
  hook?: Parameters<ContractWorld['intercept']>[0];
}

interface Stored {
  readonly content: string;
  readonly digest: string;
  readonly sha: string;
}

export function fakeRegistry(token: string): FakeRegistry {
  return { versions: new Map(), pointers: new Map(), token, mutations: 0 };
}

/** Sends a request: what the registry did, or why there is no answer. */
async function request<T>(
  registry: FakeRegistry,
  mutating: boolean,
  handle: () => T,
): Promise<{ readonly answer: T } | { readonly obstacle: Obstacle }> {
  const obstacle = await registry.hook?.({ mutating });
  if (mutating) registry.mutations += 1;
  if (obstacle === undefined) return { answer: handle() };
  if (obstacle === 'answer-lost') handle();
  return { obstacle };
}

interface Wanted extends Stored {
  readonly coordinate: Coordinate;
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

function builtFrom({ coordinates }: Plan, file: string, content: string): FakeBuilt {
  const digest = createHash('sha256').update(content).digest('hex');
  const artifact = { name: 'package.tgz', digest, size: content.length };
  return { file, artifacts: coordinates.map((coordinate) => ({ coordinate, ...artifact })) };
}

/** The version that was published last. */
function lastOf(coordinate: Coordinate, versions: FakeRegistry['versions']): string {
  const before = formatCoordinate({ ...coordinate, version: '' });
  const last = [...versions.keys()].findLast((name) => name.startsWith(before));
  return last?.slice(before.length) ?? '';
}

function contentsOf({ content, coordinate, digest }: Omit<Wanted, 'sha'>): ArtifactContents {
  const file = { path: 'package.json', size: content.length, digest: `sha256:${digest}` };
  return { coordinate, part: 'package', digest, manifest: content, files: [file] };
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
      'save',
      'load',
      'rehearse',
      'publish',
      'promote',
      'pointers',
      'versions',
      'managesPointer',
      'movePointer',
      'checkRemoval',
      'remove',
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
    step.emit({ publisher: this.id, message: 'packed' });
    return ok(builtFrom(plan, file, content));
  }

  async save({ file }: FakeBuilt, folder: string): Promise<void> {
    await copyFile(file, join(folder, 'package.tgz'));
  }

  async load(plan: Plan, folder: string): Promise<Result<FakeBuilt>> {
    const file = join(folder, 'package.tgz');
    const content = await readFile(file, 'utf8');
    return content.startsWith(plan.sha)
      ? ok(builtFrom(plan, file, content))
      : failed(builtFolderProblem(this.id, 'package.tgz is of another commit'));
  }

  async rehearse(plan: Plan, built: FakeBuilt): Promise<Rehearsal> {
    const { pointers, versions } = this.#registry;
    const ours = plan.coordinates.map((coordinate) => versions.get(formatCoordinate(coordinate)));
    const content = await readFile(built.file, 'utf8');
    const published = plan.coordinates.flatMap((coordinate, index) => {
      const named = pointers.get(plan.pointers[0]?.pointer ?? '') ?? lastOf(coordinate, versions);
      const version = ours[index] === undefined ? named : coordinate.version;
      const there = versions.get(formatCoordinate({ ...coordinate, version }));
      return there === undefined
        ? []
        : [contentsOf({ coordinate: { ...coordinate, version }, ...there })];
    });
    return {
      built: built.artifacts.map((artifact) => contentsOf({ ...artifact, content })),
      published: ok(published),
    };
  }

  async publish(plan: Plan, built: FakeBuilt, step: Step): Promise<readonly Published[]> {
    step.signal.throwIfAborted();
    const published: Published[] = [];
    const content = await readFile(built.file, 'utf8');
    for (const { coordinate, digest } of built.artifacts)
      published.push(await this.#publishOne({ coordinate, content, digest, sha: plan.sha }, step));
    return published;
  }

  async #publishOne(wanted: Wanted, step: Step): Promise<Published> {
    const { coordinate, digest, sha } = wanted;
    let mayHaveLanded = false;
    for (let tries = 0; ; tries += 1) {
      step.signal.throwIfAborted();
      const read = await request(this.#registry, false, () => this.#find(coordinate, sha, digest));
      const state = 'answer' in read ? read.answer.state : 'unknown';
      if (state === 'identical' && tries === 0)
        return { coordinate, outcome: 'already-there', digest };
      if (state === 'identical') return { coordinate, outcome: 'published', digest };
      if (state === 'conflict') return { coordinate, outcome: 'conflict', problem: problem(state) };
      if (!this.#authorized())
        return { coordinate, outcome: 'incomplete', problem: problem('authentication') };
      const kind = mayHaveLanded ? 'unknown' : 'incomplete';
      if (tries === 3 || state === 'unknown')
        return { coordinate, outcome: kind, problem: { ...problem(kind), rerun: 'safe' } };
      const sent = await request(this.#registry, true, () => this.#put(wanted));
      if ('answer' in sent && sent.answer) return { coordinate, outcome: 'published', digest };
      mayHaveLanded ||= 'obstacle' in sent && sent.obstacle === 'answer-lost';
    }
  }

  /** Takes a version once. */
  #put({ coordinate, ...stored }: Wanted): boolean {
    const { versions } = this.#registry;
    const name = formatCoordinate(coordinate);
    if (versions.has(name)) return false;
    versions.set(name, stored);
    return true;
  }

  async promote(plan: Plan, step: Step): Promise<readonly PointerMove[]> {
    const moves: PointerMove[] = [];
    for (const pointer of plan.pointers) moves.push(await this.#move(pointer, plan, step));
    step.signal.throwIfAborted();
    return moves;
  }

  /** The registry moves a pointer only from the version that was read. */
  async #move(pointer: Pointer, plan: Plan, step: Step): Promise<PointerMove> {
    step.signal.throwIfAborted();
    const { pointers, versions } = this.#registry;
    const from = pointers.get(pointer.pointer);
    if (from === pointer.version) return { pointer, outcome: 'already', from };
    const sha = versions.get(`npm:${pointer.name}@${from}`)?.sha;
    const relation = sha === undefined ? 'ancestor' : await step.history.relation(sha, plan.sha);
    if (relation !== 'ancestor')
      return { pointer, outcome: 'superseded', ...(from === undefined ? {} : { from }) };
    const sent = await request(this.#registry, true, () => {
      const isAsRead = pointers.get(pointer.pointer) === from;
      if (isAsRead) pointers.set(pointer.pointer, pointer.version);
      return isAsRead;
    });
    return 'answer' in sent && sent.answer
      ? { pointer, outcome: 'moved' }
      : this.#move(pointer, plan, step);
  }

  pointers(plan: Plan, step: Step): ReturnType<NonNullable<Publisher['pointers']>> {
    return sync(step, () =>
      plan.pointers.map((pointer) => {
        const version = this.#registry.pointers.get(pointer.pointer);
        return version === undefined ? { pointer } : { pointer, version };
      }),
    );
  }

  async versions(_plan: Plan, step: Step): Promise<Result<VersionList>> {
    step.signal.throwIfAborted();
    const { pointers, versions } = this.#registry;
    const [{ ecosystem, name }] = this.members;
    const before = formatCoordinate({ ecosystem, name, version: '' });
    const read = await request(this.#registry, false, () => ({
      versions: [...versions].map(([full, stored]) => ({
        coordinate: { ecosystem, name, version: full.slice(before.length) },
        ...named(stored),
      })),
      pointers: [...pointers].map(([pointer, version]) => ({
        pointer: { ecosystem, name, pointer, version },
        version,
      })),
    }));
    return 'answer' in read ? ok(read.answer) : failed(problem('incomplete'));
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

  checkRemoval(plan: Plan, step: Step): Promise<readonly Problem[]> {
    return this.check(plan, step);
  }

  async remove(
    _plan: Plan,
    coordinates: readonly Coordinate[],
    step: Step,
  ): Promise<readonly Removed[]> {
    const [{ name }] = this.members;
    for (const one of coordinates)
      if (one.name !== name || parseNpmVersion(one.version)?.channel !== 'dev')
        throw new InvalidInputError({ field: 'coordinates', expected: 'dev builds' });
    const removed: Removed[] = [];
    for (const coordinate of coordinates) removed.push(await this.#remove(coordinate, step));
    return removed;
  }

  async #remove(coordinate: Coordinate, step: Step): Promise<Removed> {
    const { pointers, versions } = this.#registry;
    const name = formatCoordinate(coordinate);
    for (let tries = 0; ; tries += 1) {
      step.signal.throwIfAborted();
      if (!versions.has(name)) return { coordinate, outcome: tries === 0 ? 'gone' : 'removed' };
      if ([...pointers.values()].includes(coordinate.version))
        return { coordinate, outcome: 'kept', reason: 'a pointer names it' };
      const kind = this.#authorized() ? 'incomplete' : 'authentication';
      if (kind === 'authentication' || tries === 3)
        return { coordinate, outcome: 'incomplete', problem: problem(kind) };
      const sent = await request(this.#registry, true, () => versions.delete(name));
      if ('answer' in sent) return { coordinate, outcome: 'removed' };
    }
  }

  #authorized(): boolean {
    return this.#token === this.#registry.token;
  }

  #find(coordinate: Coordinate, sha?: string, digest?: string): Finding {
    const there = this.#registry.versions.get(formatCoordinate(coordinate));
    if (there === undefined) return { coordinate, state: 'absent' };
    if (sha !== undefined && there.sha !== sha)
      return { coordinate, ...named(there), state: 'conflict', problem: problem('conflict') };
    const state = digest === there.digest ? 'identical' : 'same-source';
    return { coordinate, ...named(there), state };
  }
}

function named({ digest, sha }: Stored): Pick<Finding, 'digest' | 'sha'> {
  return { digest, sha };
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
