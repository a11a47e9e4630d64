import { readFile } from 'node:fs/promises';
import type { CommitSha } from '@ameide/versioning-core';
import { InvalidInputError, parseSha } from '@ameide/versioning-core';

/** What GitHub Actions says of the run; read from `process.env` at the edge. */
export interface RunEnvironment {
  readonly GITHUB_ACTIONS?: string | undefined;
  readonly GITHUB_REF?: string | undefined;
  readonly GITHUB_EVENT_NAME?: string | undefined;
  /** A JSON file: the webhook's payload. */
  readonly GITHUB_EVENT_PATH?: string | undefined;
}

export interface PullRequestEvent {
  readonly number: number;
  /** The commit that its author pushed; GITHUB_SHA is a merge of it that nobody else has. */
  readonly head: CommitSha;
}

const EVENTS = new Set(['pull_request', 'pull_request_target']);

/**
 * The pull request that a GitHub Actions run is for, or undefined. `pull_request_target` sets GITHUB_REF to the target's branch while the
 * checked-out files may be the author's, so the ref alone would let a pull request be published: that event without a readable payload
 * is refused. Throws `InvalidInputError`.
 */
export async function pullRequestEvent(env: RunEnvironment): Promise<PullRequestEvent | undefined> {
  const { GITHUB_ACTIONS, GITHUB_EVENT_NAME: name, GITHUB_EVENT_PATH: path } = env;
  if (GITHUB_ACTIONS !== 'true' || name === undefined || !EVENTS.has(name)) return undefined;
  const event = path === undefined || path === '' ? undefined : await readEvent(path);
  if (event !== undefined || name === 'pull_request') return event;
  throw new InvalidInputError(
    {
      field: 'GITHUB_EVENT_PATH',
      ...(path === undefined ? {} : { received: path }),
      expected: 'the payload of the pull_request_target event, with the number and the head of the pull request',
      hint: 'GitHub Actions sets it. A pull_request_target run is never taken for one of the target branch.',
    },
    'github-event',
  );
}

async function readEvent(path: string): Promise<PullRequestEvent | undefined> {
  try {
    const payload = JSON.parse(await readFile(path, 'utf8')) as { readonly pull_request?: { number?: unknown; head?: { sha?: unknown } } };
    const number = payload.pull_request?.number;
    if (typeof number !== 'number' || !Number.isSafeInteger(number) || number < 1) return undefined;
    return { number, head: parseSha(payload.pull_request?.head?.sha) };
  } catch {
    return undefined;
  }
}
