import { readFile } from 'node:fs/promises';
import { type CommitSha, InvalidInputError, parseSha } from '@ameide/versioning-core';

/** What GitHub Actions says of the run; read from `process.env` at the edge. */
export interface RunEnvironment {
  readonly GITHUB_ACTIONS?: string | undefined;
  readonly GITHUB_REF?: string | undefined;
  readonly GITHUB_EVENT_NAME?: string | undefined;
  /** A JSON file: the webhook's payload. */
  readonly GITHUB_EVENT_PATH?: string | undefined;
}

/** What a run is for. */
export interface GithubRun {
  /** The ref that decides the channel. */
  readonly ref?: string;
  /**
   * Of a pull request: the commit that its author pushed. What is checked out, GITHUB_SHA, is a
   * merge of it that nobody else has.
   */
  readonly head?: CommitSha;
}

/**
 * What a GitHub Actions run is for; nothing outside of one. The event of a pull request that was
 * merged has the branch it was merged into as GITHUB_REF, and is a run of that branch.
 * `pull_request_target` always has the target's branch, while the checked-out files may be the
 * author's: it is the pull request's, and without a readable payload refused. Throws
 * `InvalidInputError`.
 */
export async function githubRun(env: RunEnvironment): Promise<GithubRun> {
  const { GITHUB_ACTIONS, GITHUB_EVENT_NAME: name, GITHUB_EVENT_PATH: path, GITHUB_REF } = env;
  if (GITHUB_ACTIONS !== 'true') return {};
  const own = GITHUB_REF === undefined ? {} : { ref: GITHUB_REF };
  const isPull = name === 'pull_request' && GITHUB_REF?.startsWith('refs/pull/') === true;
  if (!isPull && name !== 'pull_request_target') return own;
  const event = path === undefined || path === '' ? undefined : await readEvent(path);
  if (isPull) return event === undefined ? own : { ...own, head: event.head };
  if (event !== undefined) return { ref: `refs/pull/${event.number}/head`, head: event.head };
  throw new InvalidInputError(
    {
      field: 'GITHUB_EVENT_PATH',
      ...(path === undefined ? {} : { received: path }),
      expected:
        'the payload of the pull_request_target event, with the number and the head of the pull request',
      hint: 'GitHub Actions sets it. A pull_request_target run is never taken for one of the target branch.',
    },
    'github-event',
  );
}

interface PullRequest {
  readonly number: number;
  readonly head: CommitSha;
}

async function readEvent(path: string): Promise<PullRequest | undefined> {
  try {
    const payload = JSON.parse(await readFile(path, 'utf8')) as {
      readonly pull_request?: { number?: unknown; head?: { sha?: unknown } };
    };
    const number = payload.pull_request?.number;
    if (typeof number !== 'number' || !Number.isSafeInteger(number) || number < 1) return undefined;
    return { number, head: parseSha(payload.pull_request?.head?.sha) };
  } catch {
    return undefined;
  }
}
