import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What V8 writes with `--cpu-prof`: a tree of calls, and which node was at the top of the stack at each sample. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string };
    readonly children?: readonly number[];
  }[];
  readonly samples: readonly number[];
  /** Microseconds from the sample before. */
  readonly timeDeltas: readonly number[];
}

/** A part of a run's time, from 0 to 1. */
export interface Share {
  readonly what: string;
  readonly part: number;
}

/** Node's options that make each program write a profile into a folder. */
export function profileOptions(folder: string): string {
  return `--cpu-prof --cpu-prof-interval=500 --cpu-prof-dir=${folder}`;
}

/** Reads the profile of the one program whose main file ends with `main`. Worker threads do not count. */
export async function readProfile(folder: string, main: string): Promise<CpuProfile | undefined> {
  for (const name of await readdir(folder)) {
    // CPU.<date>.<time>.<process>.<thread>.<number>.cpuprofile
    if (name.split('.')[4] !== '0') continue;
    const profile = JSON.parse(await readFile(join(folder, name), 'utf8')) as CpuProfile;
    if (profile.nodes.some(({ callFrame }) => callFrame.url.endsWith(main))) return profile;
  }
  return undefined;
}

const NATIVE = 'native code of Node';
const LOADING = 'loading of modules';

/** The functions that V8 makes up for what is no JavaScript. */
const MADE_UP: ReadonlyMap<string, string> = new Map([
  ['(idle)', 'waiting for registries, timers, other programs and threads'],
  ['(garbage collector)', 'garbage collection'],
  ['(program)', NATIVE],
]);

/** Node's own files, by what they do. The first pattern that matches counts. */
const NODE: readonly (readonly [RegExp, string])[] = [
  [/^node:internal\/(modules|bootstrap|main|vm|source_map|process\/\w*execution)\b/, LOADING],
  [/^node:(internal\/)?(child_process|socket_list)\b/, 'starting other programs'],
  [/^node:(internal\/)?(crypto|zlib|webcrypto)\b/, 'digests and compression'],
  [/^node:(internal\/deps\/undici|_?https?|_http_|_tls|tls|net|dns|internal\/(net|dns))/, 'HTTP'],
  [/^node:(internal\/)?fs\b/, 'files'],
];

/**
 * Splits the time of one run, of `ms` milliseconds, by what its main thread did. A sample counts for what Node
 * did at that moment, as `NODE` names it, or else for the package whose function was innermost. Largest share
 * first; those below one percent are one share.
 */
export function sharesOf({ nodes, samples, timeDeltas }: CpuProfile, ms: number): Share[] {
  const kindOf = kinds(nodes);
  const times = new Map<string, number>();
  for (const [index, id] of samples.entries()) {
    const what = kindOf(id);
    times.set(what, (times.get(what) ?? 0) + (timeDeltas[index] ?? 0) / 1000);
  }
  const sampled = [...times.values()].reduce((sum, one) => sum + one, 0);
  times.set('the start and the end of the process', Math.max(0, ms - sampled));
  return largestFirst(times, Math.max(ms, sampled));
}

function kinds(nodes: CpuProfile['nodes']): (id: number | undefined) => string {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map(nodes.flatMap(({ children = [], id }) => children.map((of) => [of, id])));
  const kindOf = (id: number | undefined, inner?: string): string => {
    const node = id === undefined ? undefined : byId.get(id);
    if (node === undefined) return inner ?? NATIVE;
    const { functionName, url } = node.callFrame;
    const made = MADE_UP.get(functionName);
    if (made !== undefined) return made;
    const parent = parents.get(node.id);
    if (url === '') return kindOf(parent, inner);
    if (!url.startsWith('node:')) return inner ?? packageOf(url);
    const kind = NODE.find(([pattern]) => pattern.test(url))?.[1];
    // What the loader does with files and digests is loading, too.
    return kind === LOADING ? kind : kindOf(parent, inner ?? kind);
  };
  return kindOf;
}

function packageOf(url: string): string {
  if (url.startsWith('wasm:')) return 'WebAssembly';
  if (!url.startsWith('file:')) return 'code made at run time';
  const path = fileURLToPath(url);
  return /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? path;
}

function largestFirst(times: ReadonlyMap<string, number>, total: number): Share[] {
  const all = [...times].map(([what, time]): Share => ({ what, part: time / total }));
  const named = all.filter(({ part }) => part >= 0.01).toSorted((a, b) => b.part - a.part);
  const rest = 1 - named.reduce((sum, { part }) => sum + part, 0);
  return rest < 0.005 ? named : [...named, { what: 'the rest', part: rest }];
}
