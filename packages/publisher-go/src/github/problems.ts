import { type Problem, problem } from '@ameide/versioning-core';
import type { GithubPlace } from './place.ts';

type Named = Pick<GithubPlace, 'owner' | 'repo'>;

const nameOf = ({ owner, repo }: Named): string => `${owner}/${repo}`;

export function mirrorMissing(place: Named): Problem {
  return problem({
    code: 'go-mirror-missing',
    kind: 'incomplete',
    message: `The mirror ${nameOf(place)} is not on GitHub, or hidden from this token: GitHub answers the same.`,
    hint: 'Create it there, empty, without a README; or give goModule createRepository: true, and publish creates it. If it exists, the token must be allowed to see it.',
    rerun: 'after-fix',
  });
}

export function archived(place: Named): Problem {
  return problem({
    code: 'go-mirror-archived',
    kind: 'incomplete',
    message: `The mirror ${nameOf(place)} is archived, so it takes no push.`,
    hint: 'Unarchive it in its settings on GitHub, or correct the option mirror.',
    rerun: 'after-fix',
  });
}

export function disabled(place: Named): Problem {
  return problem({
    code: 'go-mirror-disabled',
    kind: 'incomplete',
    message: `GitHub has disabled the mirror ${nameOf(place)}, so it takes no push.`,
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
    message: `The mirror ${nameOf(place)} cannot be created: ${place.owner} is a user, and the token is of ${whose}.`,
    hint: `GitHub creates repositories of a user for that user alone: use a token of ${place.owner}, or create the repository by hand, empty.`,
  });
}

/** GitHub refused to create it: `reason` says why. */
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
