// Runs the registries in a separate process, so that they share no thread with what is measured. Takes
// questions from its parent as messages, and ends with its parent.
import {
  type LocalRegistries,
  type RecordedRequest,
  type RunningRecordingProxy,
  serialRoundTrips,
  startLocalRegistries,
  startRecordingProxy,
} from '@ameide/local-registries';

/** The addresses of one set of registries. Each leads through a recording proxy. */
export interface Addresses {
  readonly npm: { readonly url: string; readonly token: string };
  readonly python: {
    readonly uploadUrl: string;
    readonly simpleUrl: string;
    readonly token: string;
  };
  readonly oci: { readonly host: string; readonly user: string; readonly password: string };
  readonly git: { readonly url: string; readonly user: string; readonly token: string };
}

export const REGISTRIES = ['oci', 'npm', 'git', 'python'] as const;
export type RegistryName = (typeof REGISTRIES)[number];
/** A number for each registry. */
export type Counts = Readonly<Record<RegistryName, number>>;
/** How many requests each registry got, and how many bytes it answered, headers included. */
export interface Traffic {
  readonly requests: Counts;
  readonly answerBytes: Counts;
  /** The length of the longest chain of requests, to any registry, that waited for one another. */
  readonly serial: number;
}

export type Question =
  | { readonly ask: 'start'; readonly set: string; readonly directory: string }
  | { readonly ask: 'stop'; readonly set: string }
  | { readonly ask: 'delay'; readonly ms: number }
  | { readonly ask: 'repository'; readonly set: string; readonly path: string }
  /** The traffic since the last such question. */
  | { readonly ask: 'traffic'; readonly set: string };

interface Set {
  readonly registries: LocalRegistries;
  readonly proxies: Readonly<Record<RegistryName, RunningRecordingProxy>>;
}

let delayMs = 0;
const sets = new Map<string, Set>();

async function start(directory: string): Promise<readonly [Set, Addresses]> {
  const registries = await startLocalRegistries({ directory });
  const before = (name: RegistryName): Promise<RunningRecordingProxy> =>
    startRecordingProxy(registries[name].url, { delayMs: () => delayMs });
  const [oci, npm, git, python] = await Promise.all(REGISTRIES.map(before));
  if (!oci || !npm || !git || !python) throw new Error('a proxy is missing');
  const through = (url: string): string => url.replace(registries.python.url, python.url);
  const addresses: Addresses = {
    npm: { url: npm.url, token: registries.npm.token },
    python: {
      uploadUrl: through(registries.python.uploadUrl),
      simpleUrl: through(registries.python.simpleUrl),
      token: registries.python.token,
    },
    oci: {
      host: new URL(oci.url).host,
      user: registries.oci.user,
      password: registries.oci.password,
    },
    git: { url: git.url, user: registries.git.user, token: registries.git.token },
  };
  return [{ registries, proxies: { oci, npm, git, python } }, addresses];
}

async function stop({ proxies, registries }: Set): Promise<void> {
  await Promise.all(Object.values(proxies).map((proxy) => proxy.stop()));
  await registries.stop();
}

function setNamed(name: string): Set {
  const set = sets.get(name);
  if (set === undefined) throw new Error(`no set of registries is called ${name}`);
  return set;
}

/** Returns the traffic since the last call. */
function trafficOf({ proxies }: Set): Traffic {
  const countsOf = (count: (requests: readonly RecordedRequest[]) => number): Counts =>
    Object.fromEntries(REGISTRIES.map((name) => [name, count(proxies[name].requests)])) as Counts;
  const traffic = {
    requests: countsOf((requests) => requests.length),
    answerBytes: countsOf((requests) =>
      requests.reduce((sum, { answerBytes }) => sum + answerBytes, 0),
    ),
    serial: serialRoundTrips(Object.values(proxies).flatMap(({ requests }) => requests)),
  };
  for (const proxy of Object.values(proxies)) proxy.clear();
  return traffic;
}

async function answer(question: Question): Promise<unknown> {
  if (question.ask === 'start') {
    const [set, addresses] = await start(question.directory);
    sets.set(question.set, set);
    return addresses;
  }
  if (question.ask === 'delay') {
    delayMs = question.ms;
    return delayMs;
  }
  const set = setNamed(question.set);
  if (question.ask === 'repository') return set.registries.git.createRepository(question.path);
  if (question.ask === 'stop') {
    await stop(set);
    return sets.delete(question.set);
  }
  return trafficOf(set);
}

// Ctrl-C, or the end of the terminal, also reaches this process, but its parent still needs it, and stops it at the end.
for (const name of ['SIGINT', 'SIGHUP'] as const) process.on(name, () => undefined);
process.on('disconnect', () => {
  void Promise.allSettled([...sets.values()].map(stop)).then(() => process.exit(0));
});
process.on('message', ({ id, question }: { id: number; question: Question }) => {
  answer(question).then(
    (result) => process.send?.({ id, result }),
    (error: unknown) => process.send?.({ id, error: String(error) }),
  );
});
