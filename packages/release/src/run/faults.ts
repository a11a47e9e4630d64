import { GitError } from '@ameide/publisher-kit/git';
import type { Problem } from '@ameide/versioning-core';

/**
 * A failure that is neither wrong input nor a registry's answer: of the machine, of git, or of the
 * called code.
 */
export type Fault = Pick<Problem, 'code' | 'hint' | 'rerun'>;

/**
 * Returns what the machine or git lacks, and what to do; undefined for any other error. Looks only
 * at error codes, never at messages.
 */
export function machineFault(cause: unknown): Fault | undefined {
  if (cause instanceof GitError) {
    return {
      code: 'git-failed',
      hint: 'The message ends with what git said. Check the repository with: git fsck',
      rerun: 'after-fix',
    };
  }
  if (!(cause instanceof Error && 'code' in cause)) return undefined;
  const syscall = 'syscall' in cause ? cause.syscall : undefined;
  if (cause.code === 'ENOSPC' || cause.code === 'EDQUOT') {
    return {
      code: 'disk-full',
      hint: 'Free some space in the temporary folder (TMPDIR), then run it again.',
      rerun: 'after-fix',
    };
  }
  if (cause.code === 'EMFILE' || cause.code === 'ENFILE') {
    return {
      code: 'too-many-files',
      hint: 'Raise the limit of open files (ulimit -n), then run it again.',
      rerun: 'after-fix',
    };
  }
  if (syscall === 'mkdtemp') {
    return {
      code: 'no-temporary-folder',
      hint: 'Set TMPDIR to a folder that exists and that you can write to.',
      rerun: 'after-fix',
    };
  }
  return undefined;
}

export function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
