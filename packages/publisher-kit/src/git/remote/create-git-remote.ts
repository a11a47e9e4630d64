import { tmpdir } from 'node:os';
import { parse } from 'node:path';
import type { Credential } from '../../http/http.ts';
import { createProcesses } from '../../process/create-processes.ts';
import type { Processes, ProcessResult } from '../../process/processes.ts';
import type { Sleep } from '../../sleep.ts';
import { createPace, type Pace } from '../../write/pace.ts';
import { tryGit } from '../git-command.ts';
import { pushArguments, pushUntilKnown } from './push.ts';
import type {
  FetchCall,
  GitRemote,
  PushCall,
  RemoteCall,
  RemoteFailed,
  RemoteFailure,
} from './remote.ts';
import { parseRemoteAddress } from './remote-address.ts';
import { remoteSettings, remoteVariables } from './remote-environment.ts';
import { classifyRemoteFailure } from './remote-failure.ts';
import { parseRefList, parseRefPattern, parseRefspec, parseUpdates } from './remote-refs.ts';

export interface GitRemoteOptions {
  /**
   * `https://…`, `http://…`, `ssh://…`, `user@host:path`, `file:///…` or an absolute path, without
   * a credential.
   */
  readonly url: string;
  /**
   * A credential for the URL's own origin, over https or on loopback. GitHub accepts `basic` with
   * the user `x-access-token`.
   */
  readonly credential?: Credential;
  readonly processes?: Processes;
  /** Waits before a retry. Default: real time. */
  readonly sleep?: Sleep;
}

/** How often to try a read. */
const ATTEMPTS = 3;
const NEVER = new AbortController().signal;

/** Shows what the host says, and nothing of the requests (git(1), GIT_TRACE_PACKET). */
const TRACE_PACKETS = { GIT_TRACE_PACKET: '2' };
const NOT_GIT: RemoteFailure = {
  kind: 'other',
  message: 'this is no answer of a git host: perhaps a login page or a proxy answered',
};

/**
 * True if the trace has a packet of the host. What is not in git's protocol, git takes for a list of
 * refs, as plain file servers have it (gitprotocol-http(5), "dumb clients"), and one line without an
 * end for an empty list.
 */
function isGitHost(trace: string): boolean {
  return /\bpacket: +\S+< /.test(trace);
}

/**
 * Creates a git remote for one host. Throws `InvalidInputError` (field `url` or `credential`).
 * Sends nothing yet.
 */
export function createGitRemote(options: GitRemoteOptions): GitRemote {
  const address = parseRemoteAddress(options.url);
  const { url } = address;
  const { credential, processes = createProcesses(), sleep } = options;
  const run = createRunner(address, credential, processes);
  const paceOf = ({ signal = NEVER }: RemoteCall): Pace => createPace(signal, { sleep });
  // Retry reads while the host cannot be reached.
  const read = async (
    args: readonly string[],
    directory: string | undefined,
    call: RunCall,
  ): Promise<{ readonly output: string; readonly trace: string } | RemoteFailed> => {
    const pace = paceOf(call);
    for (let attempt = 1; ; attempt++) {
      const result = await run(args, directory, call);
      if (result.ok) return { output: result.stdoutText, trace: result.stderrText };
      const failure = classifyRemoteFailure(result);
      const isOver = failure.kind !== 'unreachable' || attempt === ATTEMPTS;
      if (isOver || !(await pace.pause(attempt))) return { failure };
    }
  };
  const lsRemote: GitRemote['lsRemote'] = async (patterns, call = {}) => {
    const wanted = patterns.map((pattern) => parseRefPattern(pattern));
    // git lists the commit of an annotated tag as `<ref>^{}`. Every host that has a commit has a HEAD.
    const named = wanted.flatMap((one) => [one, `${one}^{}`]);
    const patternsAndHead = named.length === 0 ? [] : ['HEAD', ...named];
    const args = [...LIST_IN_ONE_REQUEST, '--quiet', '--end-of-options', url, ...patternsAndHead];
    const answer = await read(args, undefined, call);
    if ('failure' in answer) return answer;
    if (answer.output === '' && address.transport === 'http') {
      const traced = await read(args, undefined, { ...call, env: TRACE_PACKETS });
      if ('failure' in traced) return traced;
      if (!isGitHost(traced.trace)) return { failure: NOT_GIT };
    }
    return { refs: parseRefList(answer.output, wanted) };
  };
  return {
    url,
    lsRemote,
    async fetch(gitDirectory, refspecs, call: FetchCall = {}) {
      const flags = [...FETCH_FLAGS, ...limitsOf(url, call)];
      const named = refspecs.map(parseRefspec);
      const start = call.isUnrelated === true ? OFFER_NOTHING : [];
      const args = [...start, 'fetch', ...flags, '--end-of-options', url, ...named];
      const answer = await read(args, gitDirectory, call);
      return 'failure' in answer ? answer : { fetched: true };
    },
    push(gitDirectory, updates, call: PushCall = {}) {
      const wanted = parseUpdates(updates);
      return pushUntilKnown(wanted, {
        push: () => run(pushArguments(url, wanted, call), gitDirectory, call),
        lsRemote: (refs) => lsRemote(refs, call),
        pace: paceOf(call),
      });
    },
  };
}

/**
 * Version 0 of git's protocol lists the refs in its first answer, version 2 in its second (gitprotocol-http(5)). Both
 * list all of them, because with patterns git asks for no prefix.
 */
const LIST_IN_ONE_REQUEST = ['-c', 'protocol.version=0', 'ls-remote'] as const;

/** git-config(1), `fetch.negotiationAlgorithm`: sends no list of what the git directory has. */
const OFFER_NOTHING = ['-c', 'fetch.negotiationAlgorithm=noop'] as const;

const FETCH_FLAGS = [
  '--quiet',
  '--no-tags',
  '--no-recurse-submodules',
  '--no-auto-maintenance',
] as const;

function limitsOf(url: string, { depth, maxFileBytes }: FetchCall): readonly string[] {
  // git makes no partial clone of a folder: it would miss the files.
  const isWhole = maxFileBytes === undefined || url.startsWith('/');
  return [
    ...(depth === undefined ? [] : [`--depth=${depth}`]),
    ...(isWhole ? [] : [`--filter=blob:limit=${maxFileBytes}`]),
  ];
}

interface RunCall extends RemoteCall {
  readonly env?: Readonly<Record<string, string>>;
}

type RunGit = (
  args: readonly string[],
  gitDirectory: string | undefined,
  call: RunCall,
) => Promise<ProcessResult>;

/** Runs git for one remote, in the queue of its host. Only that child gets the credential, in its environment. */
function createRunner(
  address: ReturnType<typeof parseRemoteAddress>,
  credential: Credential | undefined,
  processes: Processes,
): RunGit {
  const settings = remoteSettings(address, credential);
  const env = remoteVariables(address, credential, process.env['SSH_AUTH_SOCK']);
  // `env` contains the whole Authorization header, but a host may also repeat only the token.
  const secrets =
    credential === undefined
      ? []
      : [credential.scheme === 'bearer' ? credential.token : credential.password];
  const server = URL.canParse(address.url) ? new URL(address.url).host : 'this machine';
  const origin = address.transport === 'http' ? new URL(address.url).origin : `git ${server}`;
  return async (args, gitDirectory, { env: more, signal }) => {
    // Without a given git directory, run outside of any repository: its configuration could add
    // headers and rewrite addresses.
    const place =
      gitDirectory === undefined
        ? { directory: parse(tmpdir()).root }
        : { directory: gitDirectory, gitDirectory };
    const at = { processes, settings, env: { ...env, ...more }, secrets, ...place, signal };
    // Loaded here, because most commands ask no remote.
    const { inTurn } = await import('../../http/turn.ts');
    return inTurn(origin, async () => tryGit(args, at), { signal });
  };
}
