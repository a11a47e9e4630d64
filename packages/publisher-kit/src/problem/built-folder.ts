import { type Problem, problem } from '@ameide/versioning-core';

/**
 * Files that another machine built cannot be published: they are missing, were changed, or are not
 * what this commit makes. Nothing was sent.
 */
export function builtFolderProblem(publisher: string, reason: string): Problem {
  return problem({
    code: 'built-folder',
    kind: 'input',
    message: `The build of ${publisher} cannot be published: ${reason}.`,
    hint: 'Build it again from this commit, with the same definition and --ref: ameide-release build --out DIR.',
    reason,
  });
}
