import { tmpdir } from 'node:os';
import { parse } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Credential } from '../http/http.ts';
import { createProcesses } from '../process/create-processes.ts';
import type { Processes, ProcessResult } from '../process/processes.ts';
import { tryGit } from './git-command.ts';
import { PAUSES, pushArguments, pushUntilKnown } from './push.ts';
import type { FetchCall, GitRemote, RemoteCall, RemoteFailed } from './remote.ts';
import { parseRemoteAddress } from './remote-address.ts';
import { remoteSettings, remoteVariables } from './remote-environment.ts';
import { classifyRemoteFailure } from './remote-failure.ts';
import { parseRefList, parseRefPattern, parseRefspec, parseUpdates } from './remote-refs.ts';

export interface GitRemoteOptions {
  /**
   * `https://…`, `http://…`, `ssh://…`, `user@host:path`, `file:///…` or an absolute path; no
   * credential in it.
   */
  readonly url: string;
  /**
   * For the URL's own origin, over https or on loopback. GitHub takes `basic` with user
   * `x-access-token`.
   */
  readonly credential?: Credential;
  readonly processes?: Processes;
  /** Waits before trying again. The default is real time; rejects on abort. */
  readonly sleep?: (milliseconds: number, signal?: AbortSignal) => Promise<unknown>;
}

/**
 * Binds the writing port to one host. Throws `InvalidInputError` (field `url` or `credential`);
 * sends nothing yet.
 */
export function createGitRemote(options: GitRemoteOptions): GitRemote {
  const address = parseRemoteAddress(options.url);
  const { url } = address;
  const { credential, processes = createProcesses(), sleep = realSleep } = options;
  const settings = remoteSettings(address, credential);
  const env = remoteVariables(credential, process.env['SSH_AUTH_SOCK']);
  // `env` has the whole Authorization header; a host may repeat the token by itself.
  const secrets =
    credential === undefined
      ? []
      : [credential.scheme === 'bearer' ? credential.token : credential.password];
  const run = (
    args: readonly string[],
    gitDirectory: string | undefined,
    { signal }: RemoteCall,
  ): Promise<ProcessResult> => {
    // Without a git directory of its own it runs outside of any repository, whose configuration
    // could add headers and rewrite addresses.
    const place =
      gitDirectory === undefined
        ? { directory: parse(tmpdir()).root }
        : { directory: gitDirectory, gitDirectory };
    return tryGit(args, {
      processes,
      settings,
      env,
      secrets,
      ...place,
      ...(signal === undefined ? {} : { signal }),
    });
  };
  // Reading is tried again while the host cannot be reached.
  const read = async (
    args: readonly string[],
    directory: string | undefined,
    call: RemoteCall,
  ): Promise<{ readonly output: string } | RemoteFailed> => {
    for (let attempt = 0; ; attempt++) {
      const result = await run(args, directory, call);
      if (result.ok) return { output: result.stdoutText };
      const failure = classifyRemoteFailure(result);
      const pause = PAUSES[attempt];
      if (failure.kind !== 'unreachable' || pause === undefined) return { failure };
      await sleep(pause, call.signal);
    }
  };
  const lsRemote: GitRemote['lsRemote'] = async (patterns, call = {}) => {
    const wanted = patterns.map((pattern) => parseRefPattern(pattern));
    // `^{}` is how the commit behind an annotated tag is listed.
    const args = [
      'ls-remote',
      '--quiet',
      '--end-of-options',
      url,
      ...wanted.flatMap((one) => [one, `${one}^{}`]),
    ];
    const answer = await read(args, undefined, call);
    return 'failure' in answer ? answer : { refs: parseRefList(answer.output, wanted) };
  };
  return {
    url,
    lsRemote,
    async fetch(gitDirectory, refspecs, call: FetchCall = {}) {
      const depth = call.depth === undefined ? [] : [`--depth=${call.depth}`];
      const flags = [
        '--quiet',
        '--no-tags',
        '--no-recurse-submodules',
        '--no-auto-maintenance',
        ...depth,
      ];
      const args = ['fetch', ...flags, '--end-of-options', url, ...refspecs.map(parseRefspec)];
      const answer = await read(args, gitDirectory, call);
      return 'failure' in answer ? answer : { fetched: true };
    },
    push(gitDirectory, updates, call = {}) {
      const wanted = parseUpdates(updates);
      return pushUntilKnown(wanted, {
        push: () => run(pushArguments(url, wanted), gitDirectory, call),
        lsRemote: (refs) => lsRemote(refs, call),
        pause: (milliseconds) => sleep(milliseconds, call.signal),
      });
    },
  };
}

function realSleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return delay(milliseconds, undefined, signal === undefined ? {} : { signal });
}
