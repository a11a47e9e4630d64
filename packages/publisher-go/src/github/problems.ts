import { type Problem, problem } from '@ameide/versioning-core';
import type { GithubPlace } from './place.ts';

type Named = Pick<GithubPlace, 'owner' | 'repo'>;

const nameOf = ({ owner, repo }: Named): string => `${owner}/${repo}`;

export function mirrorMissing(place: Named): Problem {
  return problem({
    code: 'go-mirror-missing',
    kind: 'incomplete',
    message: `The mirror ${nameOf(place)} does not exist on GitHub, or this token may not see it: GitHub answers 404 for both.`,
    hint: 'Create it on GitHub, empty, without a README; or set createRepository: true in goModule, and publish creates it. If it exists, use a token that may see it.',
    rerun: 'after-fix',
  });
}

export function archived(place: Named): Problem {
  return problem({
    code: 'go-mirror-archived',
    kind: 'incomplete',
    message: `The mirror ${nameOf(place)} is archived, so nothing can be pushed to it.`,
    hint: 'Unarchive it in its settings on GitHub, or correct the option mirror.',
    rerun: 'after-fix',
  });
}

export function disabled(place: Named): Problem {
  return problem({
    code: 'go-mirror-disabled',
    kind: 'incomplete',
    message: `GitHub has disabled the mirror ${nameOf(place)}, so nothing can be pushed to it.`,
    hint: 'Its page on GitHub says why; only GitHub’s support can enable it again.',
    rerun: 'after-fix',
  });
}

export function cannotPush(place: Named): Problem {
  return problem({
    code: 'go-mirror-read-only',
    kind: 'authentication',
    message: `The token may read the mirror ${nameOf(place)}, but not push to it.`,
    hint: 'Give it "Contents: Read and write" of that repository (fine-grained token or app), or the scope repo (classic token). The GITHUB_TOKEN of a workflow may only push to its own repository: set GO_MIRROR_TOKEN.',
  });
}

export function ownerMissing(place: Named): Problem {
  return problem({
    code: 'go-mirror-owner',
    kind: 'incomplete',
    message: `The mirror ${nameOf(place)} cannot be created: GitHub has no account ${place.owner}.`,
    hint: 'Correct the option mirror, or create the organisation.',
    rerun: 'after-fix',
  });
}

export function ownerIsAnother(place: Named, user: string | undefined): Problem {
  const whose = user === undefined ? 'an app, which has no account' : user;
  return problem({
    code: 'go-mirror-owner',
    kind: 'authentication',
    message: `The mirror ${nameOf(place)} cannot be created: ${place.owner} is a user, and the token belongs to ${whose}.`,
    hint: `Only the user can create a repository in a user account: use a token of ${place.owner}, or create the repository by hand, empty.`,
  });
}

/** GitHub refused to create it, for the reason in `reason`. */
export function notCreated(place: Named, reason: Problem): Problem {
  const { message, rerun } = reason;
  const found = problem({
    code: 'go-mirror-not-created',
    kind: 'incomplete',
    message,
    hint: `The token needs "Administration: Read and write" (fine-grained token or app) or the scope repo (classic token), and the organisation must let its owner create repositories. If GitHub says that the name exists, ${nameOf(place)} is hidden from the token: let it see the repository. Or create it by hand, empty.`,
    rerun,
    cause: reason,
  });
  return reason.kind === 'authentication' ? { ...found, kind: 'authentication' } : found;
}
