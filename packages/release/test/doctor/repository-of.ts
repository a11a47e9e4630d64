import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { runGit } from '@ameide/publisher-kit/testing';
import { onTestFinished } from 'vitest';
import type { DoctorReport } from '../../src/doctor/report.ts';
import { runCli } from '../support/cli.ts';

/** By path: a text, or an object that is written as JSON. */
export type Files = Readonly<Record<string, string | object>>;

/** A repository with these files and without a commit. */
export function repositoryOf(files: Files): string {
  const root = mkdtempSync(join(tmpdir(), 'ameide-doctor-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(
      join(root, path),
      typeof content === 'string' ? content : `${JSON.stringify(content, null, 2)}\n`,
    );
  }
  runGit(root, ['init', '--quiet', '--initial-branch=main']);
  return root;
}

export async function reportOn(root: string, ...argv: readonly string[]): Promise<DoctorReport> {
  const { stdout } = await runCli(['-C', root, 'doctor', '--progress', 'none', '--json', ...argv]);
  return JSON.parse(stdout) as DoctorReport;
}

/** A definition that publishes these folders to npm and PyPI. */
export function definitionOf(
  { npm = [], pypi = [] }: { readonly npm?: readonly string[]; readonly pypi?: readonly string[] },
  more: object = { versionFile: 'VERSION' },
): object {
  return {
    repository: 'https://github.com/acme/platform',
    branches: ['main'],
    publishers: [
      ...npm.map((directory) => ({ npm: { directory, access: 'public' } })),
      ...pypi.map((directory) => ({ pypi: { directory } })),
    ],
    ...more,
  };
}
