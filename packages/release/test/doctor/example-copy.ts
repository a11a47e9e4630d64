import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { runGit } from '@ameide/publisher-kit/testing';
import { onTestFinished } from 'vitest';
import type { DoctorReport } from '../../src/doctor/report.ts';
import { type CliResult, runCli } from '../support/cli.ts';

const EXAMPLE = join(import.meta.dirname, '../../../../examples/ameide');

/** What a test changes in the example. */
export interface Change {
  /** By path: what is replaced, which must be there once, and by what. */
  readonly edits?: Readonly<Record<string, readonly (readonly [from: string, to: string])[]>>;
  /** By path: the text of a new file, or what is added at the end of one that is there. */
  readonly adds?: Readonly<Record<string, string>>;
  readonly removes?: readonly string[];
}

export interface ExampleCopy {
  readonly directory: string;
  change(change: Change): void;
  read(path: string): string;
  doctor(...argv: string[]): Promise<CliResult>;
  report(...argv: string[]): Promise<DoctorReport>;
  /** The paths that differ from the commit. */
  changed(): readonly string[];
}

/** A copy of the example as a repository of its own, with one commit. */
export function copyExample(): ExampleCopy {
  const directory = mkdtempSync(join(tmpdir(), 'ameide-doctor-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const files = execFileSync('git', ['ls-files', '-z'], { cwd: EXAMPLE, encoding: 'utf8' });
  for (const path of files.split('\0').filter((one) => one !== '')) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    cpSync(join(EXAMPLE, path), join(directory, path));
  }
  runGit(directory, ['init', '--quiet', '--initial-branch=main']);
  runGit(directory, ['add', '--all']);
  runGit(directory, ['commit', '--quiet', '-m', 'the example']);
  const doctor = async (...argv: string[]): Promise<CliResult> =>
    runCli(['-C', directory, 'doctor', '--progress', 'none', ...argv]);
  return {
    directory,
    change: (change) => apply(directory, change),
    read: (path) => readFileSync(join(directory, path), 'utf8'),
    doctor,
    report: async (...argv) => JSON.parse((await doctor('--json', ...argv)).stdout),
    changed: () =>
      runGit(directory, ['ls-files', '-z', '--modified', '--others', '--exclude-standard'])
        .split('\0')
        .filter((path) => path !== '')
        .toSorted(),
  };
}

function apply(directory: string, { adds = {}, edits = {}, removes = [] }: Change): void {
  for (const [path, pairs] of Object.entries(edits)) {
    const file = join(directory, path);
    let text = readFileSync(file, 'utf8');
    for (const [from, to] of pairs) {
      if (text.split(from).length !== 2)
        throw new Error(`${path} has ${JSON.stringify(from)} ${text.split(from).length - 1} times`);
      text = text.replace(from, () => to);
    }
    writeFileSync(file, text);
  }
  for (const [path, text] of Object.entries(adds)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text, { flag: 'a' });
  }
  for (const path of removes) runGit(directory, ['rm', '--quiet', '-r', path]);
}
