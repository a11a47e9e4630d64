import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { runGit } from '@ameide/publisher-kit/testing';
import { onTestFinished } from 'vitest';
import type { DoctorReport } from '../../src/doctor/report.ts';
import { runCli } from '../support/cli.ts';

export interface SmallRepository {
  readonly directory: string;
  read(path: string): string;
  report(...argv: string[]): Promise<DoctorReport>;
  /** The paths that differ from the commit. */
  changed(): readonly string[];
}

/** A repository of its own with these files, all of them committed. */
export function smallRepository(files: Readonly<Record<string, string>>): SmallRepository {
  const directory = mkdtempSync(join(tmpdir(), 'ameide-doctor-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
  runGit(directory, ['init', '--quiet', '--initial-branch=main']);
  runGit(directory, ['add', '--all', '--force']);
  runGit(directory, ['commit', '--quiet', '-m', 'all']);
  return {
    directory,
    read: (path) => readFileSync(join(directory, path), 'utf8'),
    async report(...argv) {
      const run = await runCli([
        '-C',
        directory,
        'doctor',
        '--progress',
        'none',
        '--json',
        ...argv,
      ]);
      return JSON.parse(run.stdout);
    },
    changed: () =>
      runGit(directory, ['ls-files', '-z', '--modified'])
        .split('\0')
        .filter((path) => path !== '')
        .toSorted(),
  };
}
