import { recordedPayload } from './webhook.ts';

type Payload = Record<string, unknown>;
/** Two commits: the newest of `main`, which has the tag v0.1.0, and that of an author without write access. */
export type Commits = Readonly<Record<'main' | 'theirs', string>>;

/** One event, and what its run is for. */
export interface Row {
  readonly event: string;
  /** What happened. */
  readonly title: string;
  /** GITHUB_REF. */
  readonly ref: string;
  /** What the job has checked out; GITHUB_SHA is the same unless `sha` says otherwise. */
  readonly at: 'main' | 'theirs';
  readonly sha?: 'main' | 'theirs';
  readonly payload: (commits: Commits) => Payload;
  /** The channel and the ref of the commit. A pull request's is not published. */
  readonly is: readonly [channel: 'release' | 'dev' | 'pull-request', ref: string];
}

const MAIN = 'refs/heads/main';
const TAG = 'refs/tags/v0.1.0';
const MERGE = 'refs/pull/7/merge';
const HEAD = 'refs/pull/7/head';
const QUEUE = 'refs/heads/gh-readonly-queue/main/pr-7-abc';
export const REPOSITORY = 'octo-org/octo-repo';

/** Published for what GITHUB_REF names. */
function own(event: string, title: string, ref: string, payload?: Payload): Row {
  const sent = (): Payload => payload ?? recordedPayload(event);
  return {
    event,
    title,
    ref,
    at: 'main',
    payload: sent,
    is: [ref === TAG ? 'release' : 'dev', ref],
  };
}

/** Not published, whatever GITHUB_REF names. */
function refused(
  event: string,
  title: string,
  { as = 'HEAD', ref = MAIN, at = 'theirs', ...more }: Partial<Row> & { readonly as?: string },
): Row {
  const payload = more.payload ?? ((): Payload => recordedPayload(event));
  return { event, title, ref, at, ...more, payload, is: ['pull-request', as] };
}

/** Anybody starts it: published is the newest commit of the default branch, and no other. */
function anybodys(event: string, payload: () => Payload = () => recordedPayload(event)): Row[] {
  return [
    { ...own(event, 'the default branch', MAIN), payload },
    refused(event, 'another commit is checked out', { sha: 'main', payload }),
  ];
}

/** As recorded, but of our pull request. */
function pull(event: string, action: string, more: Payload = {}): Row['payload'] {
  return ({ theirs }) => {
    const recorded = recordedPayload(event, action);
    const pr = recorded['pull_request'] as Payload;
    const head = { ...(pr['head'] as Payload), sha: theirs };
    return { ...recorded, pull_request: { ...pr, number: 7, head, ...more } };
  };
}

/** As recorded, but of a first run for this commit, of this event, in this repository. */
function after(
  [event, at, head_branch]: readonly [string, 'main' | 'theirs', string],
  full_name = REPOSITORY,
): Row['payload'] {
  return (commits) => {
    const recorded = recordedPayload('workflow_run', 'completed');
    const first = { event, head_sha: commits[at], head_branch, head_repository: { full_name } };
    const workflow_run = { ...(recorded['workflow_run'] as Payload), ...first };
    return { ...recorded, workflow_run, repository: { full_name: REPOSITORY } };
  };
}

const WRITERS: readonly Row[] = [
  own('push', 'to a branch', MAIN),
  own('push', 'of a tag at the same commit', TAG),
  own('push', 'that deletes a branch: GITHUB_REF is the default one', MAIN, {
    ...recordedPayload('push'),
    ref: 'refs/heads/gone',
    deleted: true,
  }),
  refused('push', 'to the branch of a merge queue', { ref: QUEUE, as: QUEUE }),
  own('create', 'a branch', 'refs/heads/next'),
  own('create', 'a tag', TAG),
  own('workflow_dispatch', 'for a branch', MAIN),
  own('workflow_dispatch', 'for a tag', TAG),
  own('repository_dispatch', 'by a program', MAIN),
  own('schedule', 'the clock', MAIN, { schedule: '15 4 * * *' }),
  own('registry_package', 'a package of a tag', TAG, { action: 'published' }),
  ...['published', 'created', 'prereleased', 'released', 'edited'].map((action) =>
    own('release', action, TAG, { ...recordedPayload('release'), action }),
  ),
  ...['deleted', 'unpublished'].map((action) => {
    const payload = (): Payload => ({ ...recordedPayload('release'), action });
    return refused('release', `${action}: it is not published again`, {
      ref: TAG,
      at: 'main',
      payload,
    });
  }),
];

const PULL_REQUESTS: readonly Row[] = [
  ...['opened', 'synchronize', 'closed', 'labeled'].map((action) => {
    const payload = pull('pull_request', action, { merged: false });
    return refused('pull_request', action, { ref: MERGE, payload, as: MERGE });
  }),
  {
    ...own('pull_request', 'merged: GITHUB_REF is the branch that has it now', MAIN),
    payload: pull('pull_request', 'closed', { merged: true }),
  },
  refused('pull_request', 'merged, and the author’s commit is checked out', {
    sha: 'main',
    payload: pull('pull_request', 'closed', { merged: true }),
  }),
  refused('pull_request', 'not merged, and GITHUB_REF is a branch', {
    at: 'main',
    payload: pull('pull_request', 'closed', { merged: false }),
    as: HEAD,
  }),
  refused('pull_request', 'without a payload, and GITHUB_REF is a branch', {
    at: 'main',
    payload: () => ({}),
  }),
  ...(['main', 'theirs'] as const).map((at) =>
    refused('pull_request_target', `opened, and ${at} is checked out`, {
      at,
      sha: 'main',
      payload: pull('pull_request', 'opened'),
      as: HEAD,
    }),
  ),
  refused('pull_request_target', 'merged', {
    at: 'main',
    payload: pull('pull_request', 'closed', { merged: true }),
    as: HEAD,
  }),
  refused('pull_request_target', 'without a payload', { at: 'main', payload: () => ({}) }),
  refused('pull_request_review', 'approved', {
    ref: MERGE,
    payload: pull('pull_request_review', 'submitted'),
    as: MERGE,
  }),
  refused('pull_request_review_comment', 'of a line', {
    ref: MERGE,
    payload: pull('pull_request_review_comment', 'created'),
    as: MERGE,
  }),
  refused('merge_group', 'a merge queue', { ref: QUEUE, as: QUEUE }),
  refused('merge_group', 'whose branch has another name', { at: 'main' }),
];

const STRANGERS: readonly Row[] = [
  ...[
    'branch_protection_rule',
    'check_run',
    'check_suite',
    'delete',
    'discussion',
    'discussion_comment',
    'fork',
    'gollum',
    'issue_comment',
    'issues',
    'label',
    'milestone',
    'page_build',
    'project',
    'project_card',
    'project_column',
    'public',
    'status',
    'watch',
  ].flatMap((event) => anybodys(event)),
  ...anybodys('image_version', () => ({})),
  ...['deployment', 'deployment_status'].map((event) =>
    refused(event, 'of a branch: it may be a preview', { at: 'main' }),
  ),
  refused('deployment', 'of a commit: GITHUB_REF is empty', { ref: '' }),
  refused('an_event_of_tomorrow', 'that GitHub may add', { at: 'main', payload: () => ({}) }),
  refused('constructor', 'that is a property of every object', { at: 'main', payload: () => ({}) }),
];

const ANOTHER_RUN: readonly Row[] = [
  {
    ...own('workflow_run', 'after a push of a tag', TAG),
    ref: MAIN,
    payload: after(['push', 'main', 'v0.1.0']),
  },
  {
    ...own('workflow_run', 'after a push to a branch', 'refs/heads/next'),
    ref: MAIN,
    sha: 'main',
    at: 'theirs',
    payload: after(['push', 'theirs', 'next']),
  },
  {
    ...own('workflow_run', 'of the default branch, after a push to another', MAIN),
    payload: after(['push', 'theirs', 'next']),
  },
  {
    ...own('workflow_run', 'of the default branch, after a pull request', MAIN),
    payload: after(['pull_request', 'theirs', 'main']),
  },
  ...Object.entries({
    'of its commit, after a pull request': after(['pull_request', 'theirs', 'main']),
    'of its commit, after a fork’s push': after(['push', 'theirs', 'main'], 'somebody/octo-repo'),
    'after a push to a merge queue': after(['push', 'theirs', QUEUE.slice('refs/heads/'.length)]),
    'after an event that is a property of every object': after(['constructor', 'theirs', 'main']),
    'without a payload': () => ({}),
  }).map(([title, payload]) => refused('workflow_run', title, { sha: 'main', payload })),
];

export const ROWS: readonly Row[] = [...WRITERS, ...PULL_REQUESTS, ...STRANGERS, ...ANOTHER_RUN];
