import { shownPath } from '@ameide/publisher-kit';
import { type Coordinate, formatCoordinate, type Problem, problem } from '@ameide/versioning-core';
import type { ComparedAsset } from './compare-assets.ts';
import type { Target } from './options.ts';
import type { GithubPlan } from './plan.ts';

const NEW_VERSION =
  'Nothing was changed. Release another version; or, if it is certain that the release is not in use, delete it on GitHub by hand and run the same command again.';

export function noToken({ repository, takesCommonToken, tokenVariables }: Target): Problem {
  return problem({
    code: 'github-no-token',
    kind: 'authentication',
    message: `There is no token with which to make a release of ${repository}.`,
    hint: takesCommonToken
      ? `Set ${tokenVariables[0]}, or the option token: github({ token }). The token must be allowed to write the repository's contents.`
      : `The option token of this entry is empty: check where its value comes from. If the option is set, ${tokenVariables.join(' and ')} are not read.`,
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
    message: `The repository ${repository} is archived, so no release can be made.`,
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

/** A release or draft that a verb needs is missing. `effect` is a clause: `cannot be published`. */
export function draftMissing({ coordinates }: GithubPlan, effect: string, why: string): Problem {
  const name = coordinates[0] === undefined ? 'the release' : formatCoordinate(coordinates[0]);
  return problem({
    code: 'github-draft-missing',
    kind: 'incomplete',
    message: `${name} ${effect}: ${why}.`,
    hint: 'Run publish for the commit of the release: it makes the tag and the draft, or completes them.',
    coordinate: name,
  });
}

/** The latest release on GitHub is never a prerelease. */
export function prereleaseNotLatest(repository: string, tag: string): Problem {
  return problem({
    code: 'github-draft-missing',
    kind: 'incomplete',
    message: `github:${repository}@${shownPath(tag)} cannot be marked as the latest release: it is a prerelease.`,
    hint: 'Name a published release that is not a prerelease.',
    rerun: 'after-fix',
  });
}

/** A file on GitHub has other bytes than those that were sent. */
export function uploadDiffers(name: string, sent: string, shown: string): Problem {
  return problem({
    code: 'github-upload-differs',
    kind: 'incomplete',
    message: `GitHub shows the digest ${shown} for ${shownPath(name)}, but the file that was sent has ${sent}.`,
    hint: 'Run the same command again: the release is still a draft, so the file is replaced.',
    effect: 'committed',
  });
}

export function fileChanged(path: string): Problem {
  return problem({
    code: 'github-file-changed',
    kind: 'incomplete',
    message: `The file ${path} has changed since it was made for the release.`,
    hint: 'Another program changed a file in the temporary folder of this run: find out which, then run again.',
    effect: 'committed',
    rerun: 'after-fix',
  });
}

export function latestUnknown(repository: string, tag: string, ours: string): Problem {
  return problem({
    code: 'github-latest-unknown',
    kind: 'incomplete',
    message: `The latest release of ${repository} is ${shownPath(tag)}, whose tag is no version of this definition, so it keeps the mark.`,
    hint: `If ${ours} should be the latest: ameide-release move-pointer github:${repository}@latest --to ${ours} --from ${shownPath(tag)}. If another release train has the mark: github({ latest: false }).`,
    rerun: 'after-fix',
    effect: 'committed',
  });
}

export function cannotRead(repository: string, tag: string, name: string): Problem {
  return problem({
    code: 'github-unreadable-asset',
    kind: 'incomplete',
    message: `The file ${shownPath(name)} of ${tag} of ${repository} is not a readable archive, although its name says so.`,
    hint: 'The files to publish are not compared with it.',
    rerun: 'after-fix',
  });
}
