import { shownPath } from '@ameide/publisher-kit';
import { type Coordinate, formatCoordinate, type Problem, problem } from '@ameide/versioning-core';
import type { ComparedAsset } from './compare-assets.ts';
import type { Target } from './options.ts';
import type { GithubPlan } from './plan.ts';

const NEW_VERSION =
  'Nothing was changed. Release another version; or, if nobody may have used the release, delete it on GitHub yourself and run the same command again.';

export function noToken({ repository, takesCommonToken, tokenVariables }: Target): Problem {
  return problem({
    code: 'github-no-token',
    kind: 'authentication',
    message: `There is no token to make a release of ${repository} with.`,
    hint: takesCommonToken
      ? `Set ${tokenVariables[0]}, or give github({ token }). It must be allowed to write the repository's contents.`
      : `The option token of this entry gave nothing: check where it takes the token from. With that option ${tokenVariables.join(' and ')} are not read.`,
  });
}

export function cannotPush({ repository }: Target): Problem {
  return problem({
    code: 'github-forbidden',
    kind: 'authentication',
    message: `The token may not make tags and releases of ${repository}.`,
    hint: 'It must be allowed to write the repository’s contents: permissions: contents: write in GitHub Actions, "Contents: Read and write" of a fine-grained token, the scope repo of a classic one.',
  });
}

export function archived({ repository, webUrl }: Target): Problem {
  return problem({
    code: 'github-archived',
    kind: 'incomplete',
    message: `The repository ${repository} is archived, so it takes no release.`,
    hint: `Unarchive it: ${webUrl}/${repository}/settings. Or correct the option repository.`,
    rerun: 'after-fix',
  });
}

export function commitMissing({ repository }: Target, sha: string): Problem {
  return problem({
    code: 'github-commit-missing',
    kind: 'incomplete',
    message: `${repository} does not have the commit ${sha}, so no tag can name it.`,
    hint: 'Push the commit first, or correct the option repository.',
    rerun: 'after-fix',
  });
}

export function tagConflict(coordinate: Coordinate, commit: string, sha: string): Problem {
  const name = formatCoordinate(coordinate);
  return problem({
    code: 'github-tag-conflict',
    kind: 'conflict',
    message: `The tag of ${name} names the commit ${commit}, not ${sha}. A tag is never moved.`,
    hint: 'Raise the base version, or release the commit that the tag names.',
    coordinate: name,
  });
}

/** A published release that has other files than ours, or not all of them. */
export function releaseDiffers(
  coordinate: Coordinate,
  compared: readonly ComparedAsset[],
  isImmutable: boolean,
): Problem | undefined {
  const name = formatCoordinate(coordinate);
  const missing = compared.filter(({ state }) => state === 'missing' || state === 'unfinished');
  const others = compared.filter(({ state }) => state === 'other');
  const parts = [
    ...(missing.length === 0 ? [] : [`lacks ${namesOf(missing)}`]),
    ...(others.length === 0 ? [] : [`has other bytes in ${namesOf(others)}`]),
  ];
  if (parts.length === 0) return undefined;
  const locked = isImmutable ? ' It is immutable.' : '';
  return problem({
    code: others.length > 0 ? 'github-asset-conflict' : 'github-release-incomplete',
    kind: 'conflict',
    message: `${name} is published already and ${parts.join(' and ')}.${locked}`,
    hint: NEW_VERSION,
    coordinate: name,
  });
}

function namesOf(files: readonly ComparedAsset[]): string {
  return files.map(({ name }) => shownPath(name)).join(', ');
}

/** What `promote` needs is not there. */
export function draftMissing({ coordinates }: GithubPlan, why: string): Problem {
  const name = coordinates[0] === undefined ? 'the release' : formatCoordinate(coordinates[0]);
  return problem({
    code: 'github-draft-missing',
    kind: 'incomplete',
    message: `${name} cannot be published: ${why}.`,
    hint: 'Run publish for the same commit: it makes the draft, or completes it.',
    coordinate: name,
  });
}

/** A file on GitHub has other bytes than those that were just sent. */
export function uploadDiffers(name: string, sent: string, shown: string): Problem {
  return problem({
    code: 'github-upload-differs',
    kind: 'incomplete',
    message: `GitHub shows ${shown} for ${shownPath(name)}, of which ${sent} was sent.`,
    hint: 'Run the same command again: it replaces the file, as the release is a draft.',
    effect: 'committed',
  });
}

export function latestUnknown(repository: string, tag: string, ours: string): Problem {
  return problem({
    code: 'github-latest-unknown',
    kind: 'incomplete',
    message: `The latest release of ${repository} is ${shownPath(tag)}, which is no version of this definition, so the mark stays there.`,
    hint: `If ${ours} should be the latest: ameide-release move-pointer github:${repository}@latest --to ${ours} --from ${shownPath(tag)}. If the mark belongs to another train: github({ latest: false }).`,
    rerun: 'after-fix',
    effect: 'committed',
  });
}

export function cannotRead(repository: string, tag: string, name: string): Problem {
  return problem({
    code: 'github-unreadable-asset',
    kind: 'incomplete',
    message: `The file ${shownPath(name)} of ${tag} of ${repository} is not the archive that its name says.`,
    hint: 'The files to publish are not compared with it.',
    rerun: 'after-fix',
  });
}
