import { readFile } from 'node:fs/promises';
import { type CommitSha, classifyRef, InvalidInputError, parseSha } from '@ameide/versioning-core';
import type { RepositoryVariables } from './run-repository.ts';

/** What the CI system reports about the run, in `process.env`. */
export interface RunEnvironment extends RepositoryVariables {
  readonly GITHUB_REF?: string | undefined;
  readonly GITHUB_EVENT_NAME?: string | undefined;
  /** The path of a JSON file with the webhook's payload. */
  readonly GITHUB_EVENT_PATH?: string | undefined;
  /** GitLab, in the pipeline of a merge request alone: `refs/merge-requests/1/head`. */
  readonly CI_MERGE_REQUEST_REF_PATH?: string | undefined;
  /** Azure Pipelines: `refs/heads/main`, or `refs/pull/1/merge`. */
  readonly BUILD_SOURCEBRANCH?: string | undefined;
  /** Jenkins, for a change in Gerrit: `refs/changes/20/884120/1`. */
  readonly GERRIT_REFSPEC?: string | undefined;
}

/** What a CI run was started for. */
export interface CiRun {
  /** The ref that decides the channel. */
  readonly ref?: string;
  /**
   * In a pull request: the commit that its author pushed. GITHUB_SHA, which is checked out, is a
   * merge of it that exists only in this run.
   */
  readonly head?: CommitSha;
}

/**
 * Returns what a GitHub Actions run is for. After the merge of a pull request, the event's GITHUB_REF
 * is the target branch, so the run counts as one of that branch. In a `pull_request_target` run
 * GITHUB_REF is always the target branch, but the checked-out files may be the author's: it counts as
 * a run of the pull request, and is refused if the payload cannot be read. A `merge_group` run must be one of a merge queue's branch. Throws
 * `InvalidInputError`.
 */
export async function githubRun(env: RunEnvironment): Promise<CiRun> {
  const { GITHUB_EVENT_NAME: name, GITHUB_EVENT_PATH: path, GITHUB_REF } = env;
  const own = GITHUB_REF === undefined ? {} : { ref: GITHUB_REF };
  if (name === 'merge_group') requireQueueRef(GITHUB_REF);
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

/** A merge queue tests a commit that nobody has merged yet, whatever its ref is called. */
function requireQueueRef(ref: string | undefined): void {
  if (classifyRef(ref).kind === 'pull-request') return;
  throw new InvalidInputError(
    {
      field: 'GITHUB_REF',
      ...(ref === undefined ? {} : { received: ref }),
      expected: 'the branch of a merge queue, refs/heads/gh-readonly-queue/…, in a merge_group run',
      hint: 'GitHub Actions sets it. To derive the versions of another ref, pass it as --ref.',
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
