import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { needs } from '@ameide/local-registries/components';
import { createTestRepository, type TestRepository } from '@ameide/publisher-kit/testing';
import { expect, test } from 'vitest';
import { type PseudoTerminal, runInTerminal } from '../support/pseudo-terminal.ts';

const ENTER = '\r';
const DOWN = '\u001b[B';
const CTRL_C = '\u0003';

function createRepository(): TestRepository {
  const repository = createTestRepository({ origin: 'https://github.com/acme/tools.git' });
  repository.commit({
    files: {
      'package.json': { name: 'root', private: true, type: 'module', workspaces: ['packages/*'] },
      'packages/a/package.json': { name: '@acme/a', version: '1.2.0' },
      'packages/b/package.json': { name: '@acme/b', version: '1.2.0' },
      'tools/c/package.json': { name: '@acme/c', version: '0.1.0' },
    },
  });
  return repository;
}

function open({ directory }: TestRepository, ...flags: string[]): PseudoTerminal {
  const argv = ['-C', directory, 'init', '--offline', ...flags];
  return runInTerminal(argv, { columns: 120, rows: 40, env: { NO_COLOR: '1' } });
}

async function answer(terminal: PseudoTerminal, question: string, keys: string): Promise<void> {
  await terminal.until((lines) => lines.slice(-14).some((line) => line.includes(question)));
  for (const key of keys.match(/\u001b\[.|[^]/g) ?? []) terminal.type(key);
}

needs('python', 'git')('init in a real pseudo-terminal', () => {
  test('asks what the files do not say, shows the files, writes them after the last answer, and plans', async () => {
    await using repository = createRepository();
    const terminal = open(repository);
    const path = join(repository.directory, 'release.config.json');
    // Takes the second package out.
    await answer(terminal, 'Which packages', `${DOWN} ${ENTER}`);
    await answer(terminal, 'every other one is derived', ENTER);
    await answer(terminal, 'npm registry', ENTER);
    await answer(terminal, 'Which form should the definition have?', `${DOWN}${ENTER}`);
    await answer(terminal, 'Write a workflow', ENTER);
    await answer(terminal, 'environments dev', 'n');
    await terminal.until((lines) => lines.some((line) => line.includes('Write these files?')));
    expect(existsSync(path)).toBe(false);
    expect(terminal.bytes()).toContain('release.config.json (new)');
    await answer(terminal, 'Write these files?', 'y');
    await answer(terminal, 'Run npm install', 'n');
    expect(await terminal.ended).toBe(0);
    const { publishers, versionFile } = JSON.parse(readFileSync(path, 'utf8'));
    expect(versionFile).toBe('packages/a/package.json');
    expect(publishers).toEqual([{ npm: { directory: 'packages/a', access: 'public' } }]);
    const workflow = join(repository.directory, '.github/workflows/publish-packages.yml');
    expect(readFileSync(workflow, 'utf8')).not.toContain('environment:');
    expect(terminal.lines().join('\n')).toMatch(/npm:@acme\/a@1\.2\.0-dev\.\d+ +dev/);
  });

  test.each([
    ['at the first question', 0],
    ['after some answers', 3],
  ])('Ctrl-C %s writes nothing', async (_when, answers) => {
    await using repository = createRepository();
    const terminal = open(repository);
    const questions = ['Which packages', 'every other one is derived', 'npm registry'];
    for (const question of questions.slice(0, answers)) await answer(terminal, question, ENTER);
    const next = [...questions, 'Which form should the definition have?'][answers] ?? '';
    await answer(terminal, next, CTRL_C);
    expect(await terminal.ended).toBe(3);
    expect(terminal.lines().join('\n')).toContain('Cancelled: nothing was written.');
    expect(repository.git('status', '--porcelain')).toBe('');
  });

  test('no at the last question writes nothing', async () => {
    await using repository = createRepository();
    const terminal = open(repository, '--no-workflow');
    await answer(terminal, 'Which packages', ENTER);
    await answer(terminal, 'every other one is derived', ENTER);
    await answer(terminal, 'npm registry', ENTER);
    await answer(terminal, 'Which form should the definition have?', ENTER);
    await answer(terminal, 'Write a workflow', ENTER);
    await answer(terminal, 'Write these files?', 'n');
    expect(await terminal.ended).toBe(3);
    expect(repository.git('status', '--porcelain')).toBe('');
  });
});
