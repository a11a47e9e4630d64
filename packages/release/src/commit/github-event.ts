import { readFile } from 'node:fs/promises';
import { type CommitSha, InvalidInputError, parseSha } from '@ameide/versioning-core';

/** What GitHub Actions reports about the run, in `process.env`. */
export interface RunEnvironment {
  readonly GITHUB_ACTIONS?: string | undefined;
  readonly GITHUB_REF?: string | undefined;
  readonly GITHUB_EVENT_NAME?: string | undefined;
  /** The path of a JSON file with the webhook's payload. */
  readonly GITHUB_EVENT_PATH?: string | undefined;
}

/** What a run was started for. */
export interface GithubRun {
  /** The ref that decides the channel. */
  readonly ref?: string;
  /**
   * In a pull request: the commit that its author pushed. GITHUB_SHA, which is checked out, is a
   * merge of it that exists only in this run.
   */
  readonly head?: CommitSha;
}

/**
 * Returns what a GitHub Actions run is for, or an empty object outside of one. After the merge of a
 * pull request, the event's GITHUB_REF is the target branch, so the run counts as one of that
 * branch. In a `pull_request_target` run GITHUB_REF is always the target branch, but the
 * checked-out files may be the author's: it counts as a run of the pull request, and is refused if
 * the payload cannot be read. Throws `InvalidInputError`.
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
      hint: 'GitHub Actions sets it. Without it, a pull_request_target run could pass for a run of the target branch.',
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
