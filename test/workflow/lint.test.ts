import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { component, needs } from '@ameide/local-registries/components';
import { runGit } from '@ameide/publisher-kit/testing';
import { loadDefinition } from '@ameide/release';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readWorkflow } from './workflow-file.ts';

const ROOT = join(import.meta.dirname, '../..');
const PROJECTS = { 'the example': join(ROOT, 'examples/ameide'), 'this repository': ROOT } as const;
const NAMES = Object.keys(PROJECTS) as (keyof typeof PROJECTS)[];
const FILE = '.github/workflows/publish-packages.yml';

interface Linted {
  readonly code: number;
  readonly stdout: string;
}

/** Runs a linter on the `.github` of a project, in a repository of its own. */
async function lint(
  name: 'actionlint' | 'zizmor',
  project: keyof typeof PROJECTS,
  ...args: readonly string[]
): Promise<Linted> {
  const folder = await mkdtemp(join(tmpdir(), 'ameide-lint-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await cp(join(PROJECTS[project], '.github'), join(folder, '.github'), { recursive: true });
  runGit(folder, ['init', '--quiet']);
  const path = component(name).path ?? '';
  return promisify(execFile)(path, args, { cwd: folder }).then(
    ({ stdout }) => ({ code: 0, stdout }),
    (error: Linted) => error,
  );
}

needs('git', 'actionlint')('actionlint', () => {
  test.each(NAMES)('finds nothing in the workflow of %s', async (project) => {
    expect(await lint('actionlint', project)).toMatchObject({ code: 0, stdout: '' });
  });

  test.each(NAMES)('%s ignores one finding, which is still needed', async (project) => {
    const { stdout } = await lint('actionlint', project, '-config-file', '/dev/null', '-oneline');
    expect(stdout.trim().split('\n')).toEqual([
      expect.stringContaining('unexpected key "queue" for "concurrency" section'),
    ]);
  });
});

needs('git', 'zizmor')('zizmor', () => {
  const strict = ['--offline', '--persona', 'auditor', '--strict-collection', '--no-progress'];

  test.each(NAMES)('finds nothing in the workflow of %s', async (project) => {
    const { code, stdout } = await lint('zizmor', project, ...strict, '.github');
    expect(code, stdout).toBe(0);
  });

  test.each(NAMES)('%s ignores nothing that would be found', async (project) => {
    const args = [...strict, '--no-ignores', '--format', 'json', '.github'];
    const { stdout } = await lint('zizmor', project, ...args);
    const found: readonly { readonly ident: string }[] = JSON.parse(stdout);
    expect(found.map(({ ident }) => ident)).toEqual([]);
  });
});

describe.each(NAMES)('the workflow of %s', (project) => {
  test('pins every action by the commit of a version, and never puts an expression into a script', async () => {
    const text = await readFile(join(PROJECTS[project], FILE), 'utf8');
    const uses = text.split('\n').filter((line) => line.includes('uses:'));
    for (const line of uses)
      expect(line).toMatch(/^ +uses: [\w.-]+\/[\w.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    for (const { steps } of Object.values((await readWorkflow(join(PROJECTS[project], FILE))).jobs))
      for (const { run = '' } of steps) expect(run).not.toContain('${{');
  });

  test('gives each job what it needs, and secrets to no job that builds or tests', async () => {
    const { jobs } = await readWorkflow(join(PROJECTS[project], FILE));
    const packages = project === 'the example' ? { packages: 'write' } : {};
    const secrets = (name: string): readonly string[] =>
      (jobs[name]?.steps ?? []).flatMap(({ env = {} }) => Object.keys(env));
    expect(Object.keys(jobs)).toEqual(['version', 'test', 'build', 'publish', 'promote']);
    for (const name of ['version', 'test', 'build']) {
      expect(jobs[name]?.permissions).toEqual({ contents: 'read' });
      expect(JSON.stringify(jobs[name])).not.toMatch(/secrets\.|github\.token/);
    }
    for (const name of ['publish', 'promote']) {
      // The job that publishes signs: nobody else has an identity.
      expect(jobs[name]?.permissions).toEqual({
        contents: 'read',
        ...packages,
        ...(name === 'publish' ? { 'id-token': 'write' } : {}),
      });
      expect(secrets(name)).toContain('NPM_TOKEN');
    }
  });
});

test('both files have one version of each action', async () => {
  const pins = new Map<string, Set<string>>();
  for (const name of NAMES) {
    const text = await readFile(join(PROJECTS[name], FILE), 'utf8');
    for (const [, action = '', pin = ''] of text.matchAll(/uses: (\S+)@(.*)$/gm))
      pins.set(action, (pins.get(action) ?? new Set()).add(pin));
  }
  expect([...pins].filter(([, versions]) => versions.size > 1)).toEqual([]);
  expect(pins.size).toBeGreaterThan(0);
});

test('our own definition publishes every public package', async () => {
  const folders = await readdir(join(ROOT, 'packages'));
  const manifests = await Promise.all(
    folders.map(async (name) =>
      JSON.parse(await readFile(join(ROOT, 'packages', name, 'package.json'), 'utf8')),
    ),
  );
  const packages = folders.filter((_, index) => manifests[index].private !== true);
  const { publishers } = await loadDefinition(ROOT);
  const labels = publishers.flat().map(({ label }) => label);
  expect(labels).toHaveLength(packages.length);
  for (const name of packages)
    expect(labels).toContainEqual(expect.stringContaining(`packages/${name}`));
});
