import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  createTestRepository,
  type FileContent,
  type TestRepository,
} from '@ameide/publisher-kit/testing';
import { runCli } from '../support/cli.ts';

export type Files = Readonly<Record<string, FileContent>>;

export const ONE: Files = {
  'package.json': { name: '@acme/one', version: '1.2.0', type: 'module' },
};

export function createRepository(
  files: Files,
  origin = 'https://github.com/acme/one.git',
): TestRepository {
  const repository = createTestRepository({ origin });
  repository.commit({ files });
  return repository;
}

export async function init({ directory }: TestRepository, ...flags: string[]) {
  const argv = ['-C', directory, 'init', '--offline', '--json', ...flags];
  const { code, stdout } = await runCli(argv);
  return { code, report: JSON.parse(stdout) };
}

export const read = ({ directory }: TestRepository, path: string): string =>
  readFileSync(join(directory, path), 'utf8');
export const data = (repository: TestRepository) =>
  JSON.parse(read(repository, 'release.config.json'));
