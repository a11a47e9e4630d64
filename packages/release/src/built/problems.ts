import { cleanText } from '@ameide/publisher-kit';
import { type Problem, type ProblemInput, problem } from '@ameide/versioning-core';

const BUILD =
  'Build it again from this commit, with the same definition and --ref: ameide-release build --out DIR.';

/** A part of the folder is missing: the build was stopped, or not all of it was copied. */
export function folderIncomplete(folder: string, reason: string): Problem {
  return refused({
    code: 'built-folder-incomplete',
    message: `The build folder ${shown(folder)} is not complete: ${reason}.`,
    hint: 'Copy the whole folder. If a build was stopped, run it again: a build writes its index last.',
    reason,
  });
}

/** The folder is not what a build left there. */
export function folderChanged(folder: string, reason: string): Problem {
  return refused({
    code: 'built-folder-changed',
    message: `The build folder ${shown(folder)} was changed after the build: ${reason}.`,
    hint: `Find out what wrote to the folder: it may be an attack. ${BUILD}`,
    reason,
  });
}

/** The folder has parts of builds that do not belong together. */
export function folderMixed(folder: string, reason: string): Problem {
  return refused({
    code: 'built-folder-mixed',
    message: `The build folder ${shown(folder)} mixes several builds: ${reason}.`,
    hint: 'Put together only builds of one commit and one definition, each of different publishers (build --only).',
    reason,
  });
}

/** The folder is complete, but has something else than this run publishes. */
export function builtForAnother(subject: string, reason: string): Problem {
  return refused({
    code: 'built-for-another',
    message: `The build ${shown(subject)} cannot be published: ${reason}.`,
    hint: BUILD,
    reason,
  });
}

function refused(about: Pick<ProblemInput, 'code' | 'message' | 'hint' | 'reason'>): Problem {
  return problem({ ...about, kind: 'input' });
}

function shown(text: string): string {
  return cleanText(text);
}
