import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Processes, processProblem, Secret } from '@ameide/publisher-kit';
import { layOutTree, type TreeStore } from '@ameide/publisher-kit/go';
import { type Problem, problem, type RequiredArtifact, type Step } from '@ameide/versioning-core';
import type { ParsedOptions, Verification } from '../options.ts';
import { writeModuleProxy } from './module-proxy.ts';

const COMMANDS: Readonly<Record<Verification, readonly string[]>> = {
  build: ['build', '-mod=readonly', './...'],
  vet: ['vet', '-mod=readonly', './...'],
  tidy: ['mod', 'tidy', '-diff'],
};

const WHAT: Readonly<Record<Verification, string>> = {
  build: 'build all packages of',
  vet: 'vet all packages of',
  tidy: 'find go.mod and go.sum tidy in',
};

interface Verifying {
  readonly project: string;
  readonly options: Pick<ParsedOptions, 'ports' | 'verify'>;
  readonly step: Step;
  readonly store: TreeStore;
}

/** Reports that `go` is not on PATH although `verify` needs it. */
export async function checkGo(
  { verify }: Pick<ParsedOptions, 'verify'>,
  processes: Processes,
): Promise<readonly Problem[]> {
  if (verify.length === 0 || (await processes.which('go')) !== undefined) return [];
  return [
    problem({
      code: 'go-verify-not-found',
      kind: 'incomplete',
      message: 'The program go, which verify runs, is not on PATH.',
      hint: 'Install it, put its folder on PATH, or omit verify.',
      rerun: 'after-fix',
    }),
  ];
}

/**
 * Runs `go` over the files that the mirror gets, as in a clone of it. `members` are the modules of this
 * release that it names: they are not published yet, so `go` gets them from a proxy in a folder.
 */
export async function verifyFiles(
  tree: string,
  members: readonly RequiredArtifact[],
  { options, project, step, store }: Verifying,
): Promise<readonly Problem[]> {
  if (options.verify.length === 0) return [];
  const root = join(step.workspace, 'verify');
  const [clone, proxy, cache] = ['clone', 'proxy', 'modules'].map((name) => join(root, name));
  if (clone === undefined || proxy === undefined || cache === undefined) return [];
  for (const folder of [clone, proxy, cache]) await mkdir(folder, { recursive: true });
  await layOutTree(tree, clone, store);
  for (const member of members) await writeModuleProxy(member, proxy, store);
  const go = await goEnvironment({ proxy, cache }, { options, step, store });
  const problems: Problem[] = [];
  for (const one of options.verify) {
    step.emit({ publisher: project, message: `go ${COMMANDS[one].join(' ')}` });
    const result = await store.processes.run({
      argv: ['go', ...COMMANDS[one]],
      cwd: clone,
      ...go,
      signal: step.signal,
    });
    if (!result.ok) problems.push(failure(one, project, result));
  }
  return problems;
}

function failure(
  one: Verification,
  project: string,
  result: Parameters<typeof processProblem>[0]['result'],
): Problem {
  return processProblem({
    code: 'go-verify',
    kind: 'incomplete',
    what: `${WHAT[one]} ${project}`,
    result,
    hint:
      one === 'tidy'
        ? 'Run go mod tidy in its folder and commit the result. If it is only ever built in a workspace (go.work), omit tidy.'
        : `Run go ${one} ./... with GOWORK=off in a clean clone.`,
  });
}

/** Settings of `go` that say where modules come from. The kit passes none of them on. */
const SETTINGS = [
  'GOPROXY',
  'GOPRIVATE',
  'GONOPROXY',
  'GONOSUMDB',
  'GOSUMDB',
  'GOINSECURE',
  'GOTOOLCHAIN',
];

/**
 * Modules come from the proxy in a folder, then from this machine's module cache, then from where `go`
 * would get them. What is downloaded goes into a cache of its own: a release that is not published after all
 * must not stay in the machine's.
 */
async function goEnvironment(
  { proxy, cache }: { readonly proxy: string; readonly cache: string },
  { options, step, store }: Omit<Verifying, 'project'>,
): Promise<{ readonly env: Record<string, string>; readonly secrets: readonly Secret[] }> {
  const { env: given = process.env } = options.ports ?? {};
  const own = Object.fromEntries(
    SETTINGS.flatMap((name) => (given[name] === undefined ? [] : [[name, given[name]] as const])),
  );
  const asked = await store.processes.run({
    argv: ['go', 'env', '-json', 'GOPROXY', 'GONOPROXY', 'GOMODCACHE'],
    cwd: proxy,
    env: { ...own, GOWORK: 'off' },
    secrets: passwordsIn(own['GOPROXY']),
    signal: step.signal,
  });
  const known = asked.ok
    ? (JSON.parse(new TextDecoder().decode(asked.stdout)) as Record<string, string>)
    : {};
  const { GOPROXY = '', GONOPROXY = '', GOMODCACHE = '' } = known;
  // What must not be asked of a public proxy is asked of its own host, and then so is everything.
  const rest = GONOPROXY === '' ? GOPROXY || 'direct' : 'direct';
  const folders = [proxy, join(GOMODCACHE, 'cache/download')].map((one) => pathToFileURL(one).href);
  const env = {
    ...own,
    GOWORK: 'off',
    GOFLAGS: '-modcacherw',
    GOMODCACHE: cache,
    GOPROXY: [...folders, rest].join(','),
    GONOPROXY: 'none',
  };
  return { env, secrets: passwordsIn(GOPROXY) };
}

function passwordsIn(proxies = ''): readonly Secret[] {
  return proxies.split(/[,|]/).flatMap((one) => {
    const password = URL.parse(one)?.password ?? '';
    return password === '' ? [] : [new Secret(password)];
  });
}
