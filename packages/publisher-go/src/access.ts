import {
  type Credential,
  createGitRemote,
  createHttp,
  createProcesses,
  createRunAnswers,
  type GitRemote,
  type Http,
  HttpError,
  type HttpResponse,
  type Processes,
  type RemoteFailure,
  type RunAnswers,
  remoteProblem,
  type Secret,
  type Sleep,
  toSecret,
} from '@ameide/publisher-kit';
import { type Problem, problem } from '@ameide/versioning-core';
import type { GoModuleOptions } from './options.ts';

/** One git host, for reading and for pushing. */
export interface PushAccess {
  readonly url: string;
  readonly remote: GitRemote;
  /** What the host answers to the steps of one run, until something is pushed. */
  readonly answers: RunAnswers;
  readonly processes: Processes;
  /** Waits between two attempts; absent for real time. */
  readonly sleep: Sleep | undefined;
  readonly token: Secret | undefined;
  /** Checks whether the host would accept a push, without pushing. */
  check(signal: AbortSignal): Promise<readonly Problem[]>;
}

const GITHUB = 'https://github.com';

/** Opens a host. Reads the token at once, from the source that `GoModuleOptions.token` names. */
export function openAccess(url: string, options: GoModuleOptions): PushAccess {
  const { ports = {} } = options;
  const processes = ports.processes ?? createProcesses();
  const origin = /^https?:\/\//.test(url) ? new URL(url).origin : undefined;
  const token = toSecret(
    'token' in options ? options.token : tokenFrom(ports.env ?? process.env, options, origin),
  );
  const credential: Credential | undefined =
    origin === undefined || token === undefined
      ? undefined
      : { scheme: 'basic', origin, user: options.user ?? 'x-access-token', password: token };
  const answers = createRunAnswers();
  const opened = createGitRemote({
    url,
    processes,
    ...(credential === undefined ? {} : { credential }),
    ...(ports.sleep === undefined ? {} : { sleep: ports.sleep }),
  });
  const remote: GitRemote = {
    ...opened,
    push: async (...call) => opened.push(...call).finally(answers.forget),
  };
  return {
    url,
    remote,
    answers,
    processes,
    sleep: ports.sleep,
    token,
    async check(signal) {
      const failure =
        origin === undefined
          ? await failureToRead(remote, signal)
          : credential === undefined
            ? undefined
            : await failureToPush({ url, credential, http: ports.http ?? createHttp(), signal });
      if (failure !== undefined)
        return [remoteProblem({ code: 'go', what: `push to ${url}`, failure })];
      return origin !== undefined && credential === undefined
        ? [noToken(url, options, origin)]
        : [];
    },
  };
}

// The environment's GITHUB_TOKEN is for GitHub; no other host gets it by default.
function tokenFrom(
  env: Readonly<Record<string, string | undefined>>,
  { mirror }: GoModuleOptions,
  origin: string | undefined,
): string {
  const own = mirror === undefined ? '' : (env['GO_MIRROR_TOKEN'] ?? '');
  return own === '' && origin === GITHUB ? (env['GITHUB_TOKEN'] ?? '') : own;
}

/**
 * ssh and folders offer no such check, so only check that the repository exists. An empty one
 * answers, too.
 */
async function failureToRead(
  remote: GitRemote,
  signal: AbortSignal,
): Promise<RemoteFailure | undefined> {
  const answer = await remote.lsRemote(['refs/heads/main'], { signal });
  return 'failure' in answer ? answer.failure : undefined;
}

function noToken(url: string, options: GoModuleOptions, origin: string): Problem {
  const names = [
    ...(options.mirror === undefined ? [] : ['GO_MIRROR_TOKEN']),
    ...(origin === GITHUB ? ['GITHUB_TOKEN'] : []),
  ];
  const environment =
    names.length === 0
      ? 'Give goModule a token.'
      : `Set ${names.join(' or ')}, or give goModule a token.`;
  return problem({
    code: 'go-no-token',
    kind: 'authentication',
    message: `There is no token for pushing to ${url}.`,
    hint:
      'token' in options
        ? 'The option token of this entry is empty: check where its value comes from. If the option is set, no variable is read.'
        : environment,
  });
}

/**
 * Requests the refs as a push would (gitprotocol-http(5), "Smart Service git-receive-pack"). The
 * host checks the write credential before it answers, and writes nothing.
 */
async function failureToPush(ask: {
  readonly url: string;
  readonly credential: Credential;
  readonly http: Http;
  readonly signal: AbortSignal;
}): Promise<RemoteFailure | undefined> {
  const url = `${ask.url.replace(/\/+$/, '')}/info/refs?service=git-receive-pack`;
  try {
    const response = await ask.http.request({
      method: 'GET',
      url,
      credential: ask.credential,
      signal: ask.signal,
    });
    return failureOf(response, url);
  } catch (error) {
    if (ask.signal.aborted || !(error instanceof HttpError)) throw error;
    return { kind: error.kind === 'redirect' ? 'moved' : 'unreachable', message: error.message };
  }
}

const ADVERTISEMENT = 'application/x-git-receive-pack-advertisement';

function failureOf(
  { status, url, headers }: HttpResponse,
  asked: string,
): RemoteFailure | undefined {
  // The repository was renamed. git does not follow the redirect either: it would send the token
  // along.
  if (url !== asked)
    return {
      kind: 'moved',
      message: `the host redirects to ${url.replace(/\/info\/refs\?.*$/, '')}`,
    };
  if (status === 200 && headers.get('content-type')?.startsWith(ADVERTISEMENT) === true)
    return undefined;
  if (status === 401 || status === 403)
    return { kind: 'authentication', message: `the host answers ${status}` };
  if (status === 404 || status === 410)
    return { kind: 'not-found', message: `the host answers ${status}` };
  if (status === 408 || status === 429 || status >= 500)
    return { kind: 'unreachable', message: `the host answers ${status}` };
  return {
    kind: 'other',
    message: status === 200 ? 'the server there is not a git host' : `the host answers ${status}`,
  };
}
