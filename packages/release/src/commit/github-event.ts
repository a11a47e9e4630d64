import { readFile } from 'node:fs/promises';
import { type CommitSha, parseSha } from '@ameide/versioning-core';
import {
  type CiRun,
  isPullRequest,
  NOT_MERGED,
  type OwnCommit,
  type RunEnvironment,
} from './ci-run.ts';
import { type EventRule, GITHUB_EVENTS, WITHDRAWN } from './github-events.ts';

/** What the rules read of a run: its variables, and its webhook's payload if that can be read. */
interface GithubRun {
  readonly event: string;
  /** GITHUB_REF and GITHUB_SHA; absent if empty, as GITHUB_REF is for some deployments. */
  readonly ref?: string;
  readonly sha?: string;
  readonly repository?: string;
  readonly payload: Payload;
}

interface Payload {
  readonly action?: unknown;
  readonly pull_request?: { number?: unknown; merged?: unknown; head?: { sha?: unknown } };
  readonly repository?: { full_name?: unknown };
  readonly workflow_run?: {
    readonly event?: unknown;
    readonly head_sha?: unknown;
    readonly head_branch?: unknown;
    readonly head_repository?: { full_name?: unknown } | null;
  };
}

/**
 * Returns what a GitHub Actions run is for, by the rule of its event. An event that GitHub did not
 * have when the table was written is refused, because its commit may be a stranger's.
 */
export async function githubRun(env: RunEnvironment): Promise<CiRun> {
  const event = present(env['GITHUB_EVENT_NAME']);
  const ref = present(env['GITHUB_REF']);
  // The runner always sets it. Without it, a person has set these variables.
  if (event === undefined) return ref === undefined ? {} : { ref };
  const rule = Object.hasOwn(GITHUB_EVENTS, event) ? GITHUB_EVENTS[event] : undefined;
  if (rule === undefined) {
    const reason = `the event ${event} is not known, so the commit may be anybody's`;
    return { ...(ref === undefined ? {} : { ref }), limit: { commits: [], reason } };
  }
  const sha = present(env['GITHUB_SHA']);
  const repository = present(env['GITHUB_REPOSITORY']);
  return RULES[rule]({
    event,
    ...(ref === undefined ? {} : { ref }),
    ...(sha === undefined ? {} : { sha }),
    ...(repository === undefined ? {} : { repository }),
    payload: await readPayload(env['GITHUB_EVENT_PATH']),
  });
}

const RULES: Readonly<Record<EventRule, (run: GithubRun) => CiRun>> = {
  ref: (run) => {
    const action = run.event === 'release' ? String(run.payload.action) : '';
    if (!WITHDRAWN.has(action)) return own(run);
    return limited(run, [], `a release that was ${action} is not published again`);
  },
  'default-branch': (run) =>
    limited(
      run,
      newest(run),
      `anybody can start a run of the event ${run.event}, so it publishes only the newest commit of the default branch, GITHUB_SHA`,
    ),
  'pull-request': pullRequest,
  'merge-queue': (run) => limited(run, [], NOT_MERGED),
  'workflow-run': (run) =>
    limited(
      run,
      [...firstRun(run), ...newest(run)],
      'anybody can start a run of the event workflow_run, so it publishes only the commit of a push to this repository, head_sha, or the newest commit of the default branch, GITHUB_SHA',
    ),
  anybody: (run) =>
    limited(
      run,
      [],
      `the commit of the event ${run.event} may be anybody's, for example a pull request's`,
    ),
};

/**
 * The event of a merged pull request is a run of the branch that it was merged into: GITHUB_REF
 * names that, and GITHUB_SHA its commit. `pull_request_target` stays a pull request's even then:
 * its GITHUB_REF is always a branch, and the checked-out files may be the author's.
 */
function pullRequest(run: GithubRun): CiRun {
  const { pull_request: pull } = run.payload;
  const isRef = run.ref?.startsWith('refs/pull/') === true;
  if (run.event === 'pull_request' && !isRef && pull?.merged === true)
    return limited(run, newest(run), NOT_MERGED);
  const head = shaOf(pull?.head?.sha);
  const number = pull?.number;
  const ref = isRef || !isNumber(number) ? run.ref : `refs/pull/${number}/head`;
  return {
    ...(ref === undefined ? {} : { ref }),
    ...(head === undefined ? {} : { head }),
    limit: { commits: [], reason: NOT_MERGED },
  };
}

/** The commit that another run was started for, if its event was one of this repository's writers. */
function firstRun({ payload, repository }: GithubRun): readonly OwnCommit[] {
  const { workflow_run: first, repository: home } = payload;
  const { event, head_branch: name, head_repository: from, head_sha } = first ?? {};
  const sha = shaOf(head_sha);
  const isWriters = typeof event === 'string' && GITHUB_EVENTS[event] === 'ref';
  const isHere = from?.full_name === home?.full_name && from?.full_name === repository;
  const isQueue = typeof name === 'string' && isPullRequest(`refs/heads/${name}`);
  if (sha === undefined || !isWriters || !isHere || repository === undefined || isQueue) return [];
  return [{ sha, ...(typeof name === 'string' && name !== '' ? { name } : {}) }];
}

function newest({ ref, sha }: GithubRun): readonly OwnCommit[] {
  return sha === undefined ? [] : [{ sha, ...(ref === undefined ? {} : { ref }) }];
}

function own({ ref }: GithubRun): CiRun {
  return ref === undefined ? {} : { ref };
}

function limited(run: GithubRun, commits: readonly OwnCommit[], reason: string): CiRun {
  return { ...own(run), limit: { commits, reason } };
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 1;
}

function shaOf(value: unknown): CommitSha | undefined {
  try {
    return parseSha(value);
  } catch {
    return undefined;
  }
}

function present(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}

/** Returns an empty payload if none can be read: no rule trusts a stranger's commit without one. */
async function readPayload(path: string | undefined): Promise<Payload> {
  if (path === undefined || path === '') return {};
  try {
    const payload: unknown = JSON.parse(await readFile(path, 'utf8'));
    return typeof payload === 'object' && payload !== null ? payload : {};
  } catch {
    return {};
  }
}
