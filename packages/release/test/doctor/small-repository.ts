import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runGit } from '@ameide/publisher-kit/testing';
import type { DoctorReport } from '../../src/doctor/report.ts';
import { type Files, reportOn, repositoryOf } from './repository-of.ts';

export interface SmallRepository {
  readonly directory: string;
  read(path: string): string;
  report(...argv: string[]): Promise<DoctorReport>;
  /** The paths that differ from the commit. */
  changed(): readonly string[];
}

/** A repository of its own with these files, all of them committed. */
export function smallRepository(files: Files): SmallRepository {
  const directory = repositoryOf(files);
  runGit(directory, ['add', '--all', '--force']);
  runGit(directory, ['commit', '--quiet', '-m', 'all']);
  return {
    directory,
    read: (path) => readFileSync(join(directory, path), 'utf8'),
    report: async (...argv) => reportOn(directory, ...argv),
    changed: () =>
      runGit(directory, ['ls-files', '-z', '--modified'])
        .split('\0')
        .filter((path) => path !== '')
        .toSorted(),
  };
}
