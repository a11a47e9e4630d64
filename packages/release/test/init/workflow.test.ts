import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { component, needs } from '@ameide/local-registries/components';
import { createTestRepository, runGit } from '@ameide/publisher-kit/testing';
import { expect, onTestFinished, test } from 'vitest';
import type { DefinitionData } from '../../src/init/definition-data.ts';
import { readFacts } from '../../src/init/facts.ts';
import { ACTIONLINT, renderDependabot, renderPublisher } from '../../src/init/workflow/beside.ts';
import { renderWorkflow } from '../../src/init/workflow/render.ts';
import { LAYOUTS } from './layouts.ts';

const EXAMPLE = join(import.meta.dirname, '../../../../examples/ameide');
const example = (path: string): Promise<string> => readFile(join(EXAMPLE, path), 'utf8');

// One source of the text: the workflow that people copy is what `init` writes.
test('the example has the workflow, and the files beside it, that init writes for its definition', async () => {
  await using repository = createTestRepository();
  await cp(EXAMPLE, repository.directory, {
    recursive: true,
    filter: (path) => !path.includes('node_modules'),
  });
  const definition = JSON.parse(await example('release.config.json'));
  const data: DefinitionData = { branches: ['main'], ...definition };
  const facts = await readFacts(await repository.open());
  const folders = new Set(
    data.publishers.flatMap((entry) => Object.values(entry).map(({ directory }) => directory)),
  );
  const publish = facts.packages.filter(({ directory }) => folders.has(directory));
  const question = { facts, data, publish, form: 'data', environments: true } as const;
  expect(await renderWorkflow(question)).toBe(
    await example('.github/workflows/publish-packages.yml'),
  );
  expect(ACTIONLINT).toBe(await example('.github/actionlint.yaml'));
  expect(renderDependabot('data')).toBe(await example('.github/dependabot.yml'));
  const publisher = JSON.parse(await example('.github/publisher/package.json'));
  expect(JSON.parse(renderPublisher(data, '0.1.0'))).toEqual(publisher);
});

/** A repository with the workflow of a layout. */
async function withWorkflow(name: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'ameide-init-lint-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await mkdir(join(folder, '.github/workflows'), { recursive: true });
  await cp(
    join(import.meta.dirname, 'expected', name, 'publish-packages.yml'),
    join(folder, '.github/workflows/publish-packages.yml'),
  );
  await writeFile(join(folder, '.github/actionlint.yaml'), ACTIONLINT);
  await writeFile(join(folder, '.github/dependabot.yml'), renderDependabot('code'));
  runGit(folder, ['init', '--quiet']);
  return folder;
}

async function lint(
  name: 'actionlint' | 'zizmor',
  folder: string,
  ...args: string[]
): Promise<string> {
  const path = component(name).path ?? '';
  const failed = (error: { readonly stdout: string; readonly stderr: string }): string =>
    `${error.stdout}${error.stderr}` || 'it failed';
  return promisify(execFile)(path, args, { cwd: folder }).then(() => '', failed);
}

const NAMES = LAYOUTS.map(({ name }) => name);

test('every layout has an expected workflow', async () => {
  const folders = await readdir(join(import.meta.dirname, 'expected'));
  expect(folders.toSorted()).toEqual(NAMES.toSorted());
});

needs('git', 'actionlint')('actionlint', () => {
  test.each(NAMES)('finds nothing in the workflow of %s', async (name) => {
    expect(await lint('actionlint', await withWorkflow(name))).toBe('');
  });
});

needs('git', 'zizmor')('zizmor', () => {
  const strict = ['--offline', '--persona', 'auditor', '--strict-collection', '--no-progress'];

  test.each(NAMES)('finds nothing in the workflow of %s', async (name) => {
    expect(await lint('zizmor', await withWorkflow(name), ...strict, '.github')).toBe('');
  });
});
