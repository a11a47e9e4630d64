/**
 * Which commit a run may have checked out.
 *
 * - `ref`: what GITHUB_REF names. Only somebody with write access starts such a run.
 * - `default-branch`: GITHUB_SHA, the newest commit of the default branch. Anybody may start such a
 *   run, and its workflow may have checked out what they chose.
 * - `pull-request`: the author's, or a merge of it.
 * - `merge-queue`: what a merge queue tests; its branch is thrown away.
 * - `workflow-run`: the commit of another run, which any event may have started.
 * - `anybody`: the commit of a deployment, which may be a pull request's preview.
 */
export type EventRule =
  | 'ref'
  | 'default-branch'
  | 'pull-request'
  | 'merge-queue'
  | 'workflow-run'
  | 'anybody';

/**
 * Every event that starts a workflow. From GitHub's "Events that trigger workflows", which gives
 * GITHUB_SHA and GITHUB_REF of each. `workflow_call` is missing: such a run has its caller's event.
 */
export const GITHUB_EVENTS: Readonly<Record<string, EventRule>> = {
  branch_protection_rule: 'default-branch',
  check_run: 'default-branch',
  check_suite: 'default-branch',
  create: 'ref',
  delete: 'default-branch',
  deployment: 'anybody',
  deployment_status: 'anybody',
  discussion: 'default-branch',
  discussion_comment: 'default-branch',
  fork: 'default-branch',
  gollum: 'default-branch',
  image_version: 'default-branch',
  issue_comment: 'default-branch',
  issues: 'default-branch',
  label: 'default-branch',
  merge_group: 'merge-queue',
  milestone: 'default-branch',
  page_build: 'default-branch',
  project: 'default-branch',
  project_card: 'default-branch',
  project_column: 'default-branch',
  public: 'default-branch',
  pull_request: 'pull-request',
  pull_request_review: 'pull-request',
  pull_request_review_comment: 'pull-request',
  pull_request_target: 'pull-request',
  push: 'ref',
  registry_package: 'ref',
  release: 'ref',
  repository_dispatch: 'ref',
  schedule: 'ref',
  status: 'default-branch',
  watch: 'default-branch',
  workflow_dispatch: 'ref',
  workflow_run: 'workflow-run',
};

/** Actions of the event `release` after which its tag should not be published. */
export const WITHDRAWN: ReadonlySet<string> = new Set(['deleted', 'unpublished']);
