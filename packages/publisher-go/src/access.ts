import type { Credential, GitRemote, Http, Processes } from '@ameide/publisher-kit';
import { createGitRemote, createHttp, createProcesses, httpProblem, remoteProblem, toSecret } from '@ameide/publisher-kit';
import type { Problem } from '@ameide/versioning-core';
import type { GoModuleOptions } from './options.ts';

/** One git host, for reading and for pushing. */
export interface Access {
  readonly url: string;
  readonly remote: GitRemote;
  readonly processes: Processes;
  /** Whether a push would be let in: asks without pushing. */
  check(signal: AbortSignal): Promise<readonly Problem[]>;
}

/** Opens a host. The token is looked for now, in the order that `GoModuleOptions.token` says. */
export function openAccess(url: string, options: GoModuleOptions): Access {
  const { ports = {} } = options;
  const processes = ports.processes ?? createProcesses();
  const env = ports.env ?? process.env;
  const origin = /^https?:\/\//.test(url) ? new URL(url).origin : undefined;
  const token = toSecret(options.token ?? tokenFrom(env, options, origin));
  const credential: Credential | undefined =
    origin === undefined || token === undefined
      ? undefined
      : { scheme: 'basic', origin, user: options.user ?? 'x-access-token', password: token };
  const remote = createGitRemote({ url, processes, ...(credential === undefined ? {} : { credential }) });
  return {
    url,
    remote,
    processes,
    async check(signal) {
      if (origin === undefined) return checkByReading(remote, signal);
      if (credential === undefined) return [noToken(url, options)];
      return checkPush({ url, credential, http: ports.http ?? createHttp(), signal });
    },
  };
}

// The environment's own token is GitHub's: no other host gets it unasked.
function tokenFrom(env: Readonly<Record<string, string | undefined>>, { mirror }: GoModuleOptions, origin: string | undefined): string {
  const own = mirror === undefined ? '' : (env['GO_MIRROR_TOKEN'] ?? '');
  return own === '' && origin === 'https://github.com' ? (env['GITHUB_TOKEN'] ?? '') : own;
}

async function checkByReading(remote: GitRemote, signal: AbortSignal): Promise<readonly Problem[]> {
  const answer = await remote.lsRemote(['HEAD'], { signal });
  return 'failure' in answer ? [remoteProblem({ code: 'go', what: `read ${remote.url}`, failure: answer.failure })] : [];
}

function noToken(url: string, options: GoModuleOptions): Problem {
  const names = options.mirror === undefined ? 'GITHUB_TOKEN' : 'GO_MIRROR_TOKEN or GITHUB_TOKEN';
  return {
    code: 'go-no-token',
    kind: 'authentication',
    message: `There is no token to push to ${url} with.`,
    hint: `Set ${names}, or give goModule a token.`,
    effect: 'none',
    rerun: 'after-fix',
  };
}

/**
 * Asks for the refs as a push would (gitprotocol-http(5), "Smart Service git-receive-pack"): the host checks the credential for
 * writing before it answers, and nothing is written.
 */
async function checkPush(ask: {
  readonly url: string;
  readonly credential: Credential;
  readonly http: Http;
  readonly signal: AbortSignal;
}): Promise<readonly Problem[]> {
  const what = `push to ${ask.url}`;
  try {
    const url = `${ask.url.replace(/\/+$/, '')}/info/refs?service=git-receive-pack`;
    const response = await ask.http.request({ method: 'GET', url, credential: ask.credential, signal: ask.signal });
    return response.status === 200 ? [] : [httpProblem({ code: 'go', what, response, effect: 'none' })];
  } catch (error) {
    if (ask.signal.aborted) throw error;
    return [httpProblem({ code: 'go', what, error, effect: 'none' })];
  }
}
