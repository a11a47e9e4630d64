import { recordedPayload } from '../../packages/release/test/commit/webhook.ts';

/** What starts a run of a workflow, as GitHub tells it. */
export interface GithubEvent {
  readonly name: 'push' | 'pull_request' | 'merge_group';
  readonly ref: string;
  readonly sha: string;
  /** `owner/name`. */
  readonly repository: string;
  readonly payload: Readonly<Record<string, unknown>>;
  /** The folder of the repository that `repository` names. */
  readonly origin: string;
}

type Given = Pick<GithubEvent, 'origin' | 'ref' | 'sha'>;

const OWN = 'ameideio/ameide';

/** A push of a branch or tag, to a fork of `stranger` too. */
export function push(given: Given, repository: string = OWN): GithubEvent {
  const recorded = recordedPayload('push');
  const payload = {
    ...recorded,
    ref: given.ref,
    after: given.sha,
    repository: repositoryIn(recorded, repository),
  };
  return { name: 'push', ...given, repository, payload };
}

/** A pull request from a branch of our own, or from a fork: `sha` is GitHub's merge of its `head`. */
export function pullRequest(given: Given, head: string, from: string = OWN): GithubEvent {
  const recorded = recordedPayload('pull_request', 'opened');
  const { pull_request: request } = recorded as { pull_request: { head: object } };
  const payload = {
    ...recorded,
    pull_request: {
      ...request,
      head: { ...request.head, sha: head, repo: { full_name: from, fork: from !== OWN } },
    },
    repository: repositoryIn(recorded, OWN),
  };
  return { name: 'pull_request', ...given, repository: OWN, payload };
}

/** A merge queue's temporary branch. */
export function mergeGroup(given: Given): GithubEvent {
  const recorded = recordedPayload('merge_group');
  const payload = { ...recorded, repository: repositoryIn(recorded, OWN) };
  return { name: 'merge_group', ...given, repository: OWN, payload };
}

function repositoryIn({ repository }: Record<string, unknown>, name: string): object {
  return { ...(repository as object), full_name: name, fork: name.startsWith('stranger/') };
}
