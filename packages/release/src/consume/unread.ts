import { type Problem, problem, type SourceFiles } from '@ameide/versioning-core';
import { mayName, writtenName } from './names-in-text.ts';
import type { PlannedFiles } from './plan-files.ts';
import type { ReleasedArtifact } from './released.ts';

/** A file that names one of ours must be read; another one may be anything. */
export async function unreadFiles(
  unread: readonly { readonly path: string; readonly reason: string }[],
  artifacts: readonly ReleasedArtifact[],
  files: SourceFiles,
): Promise<Pick<PlannedFiles, 'problems' | 'notes'>> {
  const names = artifacts.map(writtenName);
  const problems: Problem[] = [];
  const notes: string[] = [];
  for (const { path, reason } of unread) {
    if (mayName((await files.readBytes(path)) ?? new Uint8Array(), names))
      problems.push(unreadProblem(path, reason));
    else notes.push(`${path} is not read: ${reason}`);
  }
  return { problems, notes };
}

export function unreadProblem(path: string, reason: string): Problem {
  return problem({
    code: 'consume-unread',
    kind: 'input',
    message: `${path} is not read: ${reason}`,
    hint: 'Correct it, or leave it out with consumers.exclude.',
    path,
  });
}
