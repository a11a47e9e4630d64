import { execFile } from 'node:child_process';
import { chmod, cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { component, needs } from '@ameide/local-registries/components';
import { runGit } from '@ameide/publisher-kit/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type AmeideRepository,
  createAmeideRepository,
  publishAmeide,
  type Registries,
  runAmeide,
  startRegistries,
} from '../../packages/release/test/support/ameide-world.ts';
import { push } from './events.ts';
import { exampleMachine } from './example-machine.ts';
import { type Machine, PASSED, type RunResult, runJobs } from './runner.ts';
import { readWorkflow } from './workflow-file.ts';

// The example, whose build looks for tokens, and which has code in every place from which a tool could
// run it. The jobs are those of the workflow to copy, on a stand-in for GitHub Actions.

const ROOT = join(import.meta.dirname, '../..');
const FILE = join(ROOT, 'examples/ameide/.github/workflows/publish-packages.yml');
const HOSTILE = join(import.meta.dirname, 'fixtures/hostile');
const TIMEOUT = 300_000;
const TOKENS = ['NPM_TOKEN', 'GO_MIRROR_TOKEN', 'OCI_TOKEN'];

/** What the stolen goods are: where a token was found, and how much was read. */
interface Loot {
  readonly found: readonly { readonly name: string; readonly where: string }[];
  readonly read: {
    readonly environments: number;
    readonly memories: number;
    readonly files: number;
  };
}

const IS_LINUX = process.platform === 'linux';

/** Linux's Yama can forbid programs of one user to read each other's memory; root always may. */
async function mayReadMemory(): Promise<boolean> {
  const scope = await readFile('/proc/sys/kernel/yama/ptrace_scope', 'utf8').catch(() => '0');
  return process.getuid?.() === 0 || scope.trim() === '0';
}

let repository: AmeideRepository;
let registries: Registries;
let machine: Machine;
let sha = '';
let done: RunResult = {};

async function lootIn(folder: string): Promise<Loot> {
  return JSON.parse(await readFile(join(folder, 'loot.json'), 'utf8')) as Loot;
}

/** What of the repository ran in a job. */
async function ranIn(job: string): Promise<readonly string[]> {
  const lines = (await readFile(canaryLog(), 'utf8')).split('\n');
  const own = lines.filter((line) => new RegExp(`/job-\\d+-${job}/`).test(line));
  return [...new Set(own.map((line) => line.split(' ')[0] ?? ''))].toSorted();
}

function canaryLog(): string {
  return join(machine.home, 'canary.log');
}

async function write(path: string, text: string): Promise<void> {
  await writeFile(join(repository.directory, path), text);
}

async function edit(path: string, change: (text: string) => string): Promise<void> {
  await write(path, change(await readFile(join(repository.directory, path), 'utf8')));
}

/** Code in the places from which pnpm, npm, Node, Python, git and a shell take it. */
async function plantCanaries(): Promise<void> {
  const canary = (place: string): string => `sh $PWD/hostile/canary.sh ${place}`;
  await edit('package.json', (text) => {
    const manifest = JSON.parse(text) as { scripts: Record<string, string> };
    for (const name of ['preinstall', 'install', 'postinstall', 'prepare', 'pnpm:devPreinstall'])
      manifest.scripts[name] = canary(name);
    for (const name of ['publish', 'prepublish', 'prepublishOnly', 'ameide-release'])
      manifest.scripts[name] = canary(name);
    return JSON.stringify(manifest);
  });
  const run = (place: string): string =>
    `require('node:child_process').execFileSync('sh', [require('node:path').join(__dirname, 'hostile/canary.sh'), '${place}']);\n`;
  await write('.pnpmfile.cjs', `${run('pnpmfile')}module.exports = { hooks: {} };\n`);
  const required = run('node-options').replace("'hostile/", "'");
  await write('hostile/required.cjs', required);
  // It is relative to the folder of the package whose script runs.
  await cp(
    join(repository.directory, 'hostile'),
    join(repository.directory, 'packages/ameide_sdk_ts/hostile'),
    {
      recursive: true,
    },
  );
  await edit(
    'pnpm-workspace.yaml',
    (text) => `${text}nodeOptions: --require=./hostile/required.cjs\n`,
  );
  await write(
    '.npmrc',
    'script-shell=./hostile/shell.sh\nnode-options=--require=./hostile/required.cjs\n',
  );
  await write(
    'hostile/shell.sh',
    '#!/bin/sh\nexec sh "$(dirname "$0")/canary.sh" script-shell sh "$@"\n',
  );
  await write('.gitattributes', '*.md filter=canary diff=canary\n');
  await edit('packages/ameide_sdk_python/pyproject.toml', (text) =>
    text.replace(
      'build-backend = "hatchling.build"',
      'build-backend = "backend"\nbackend-path = ["."]',
    ),
  );
  await write(
    'packages/ameide_sdk_python/backend.py',
    `import os\nwith open('${canaryLog()}', 'a') as log:\n    log.write('build-backend ' + os.getcwd() + ' ' + os.environ.get('TMPDIR', '') + '\\n')\nfrom hatchling.build import *\n`,
  );
  for (const name of ['shell.sh', 'canary.sh'])
    await chmod(join(repository.directory, 'hostile', name), 0o755);
}

const HOOKS = [
  'post-checkout',
  'pre-commit',
  'post-index-change',
  'reference-transaction',
  'pre-push',
];
const PROGRAMS = ['core.fsmonitor', 'core.sshCommand', 'core.pager', 'core.askPass', 'gpg.program'];

/** Hooks, and every setting of git that names a program which could be one of the repository. */
async function poison(clone: string): Promise<void> {
  const canary = (place: string): string => `${clone}/hostile/canary.sh ${place}`;
  const set = (name: string, value: string): string => runGit(clone, ['config', name, value]);
  for (const name of HOOKS)
    await writeFile(join(clone, '.git/hooks', name), `#!/bin/sh\n${canary(name)}\n`, {
      mode: 0o755,
    });
  set('core.hooksPath', join(clone, '.git/hooks'));
  for (const name of PROGRAMS) set(name, canary(name));
  set('credential.helper', `!${canary('credential.helper')}`);
  set('diff.canary.textconv', canary('textconv'));
}

/** The lockfile names the pnpmfile's checksum. */
async function updateLockfile(): Promise<void> {
  const env = { ...registries.env, TMPDIR: registries.temporary };
  const args = ['install', '--lockfile-only', '--ignore-scripts'];
  const options = { cwd: repository.directory, env };
  await promisify(execFile)(component('pnpm').path ?? '', args, options);
}

async function plantThief(): Promise<void> {
  const targets = TOKENS.map((name) => ({
    name,
    text: (registries.env[name] ?? '').split('').toReversed().join(''),
  }));
  expect(targets.map(({ text }) => text.length > 7)).not.toContain(false);
  await write('hostile/targets.json', JSON.stringify(targets));
  await edit('packages/ameide_sdk_ts/package.json', (text) =>
    text.replace('"build": "tsc"', '"build": "node ../../hostile/steal.mjs && tsc"'),
  );
}

needs(
  'git',
  'go',
  'python',
  'uv',
  'npm',
  'pnpm',
)('a hostile build, in the workflow to copy', () => {
  beforeAll(async () => {
    repository = await createAmeideRepository();
    registries = await startRegistries(repository);
    machine = await exampleMachine(repository, registries);
    await cp(HOSTILE, join(repository.directory, 'hostile'), { recursive: true });
    await edit('hostile/canary.sh', (text) => text.replaceAll('LOG', canaryLog()));
    await plantThief();
    await plantCanaries();
    await updateLockfile();
    sha = await repository.commit('Hostile', '2025-11-13T14:00:00+00:00');
    const event = push({ origin: repository.directory, ref: 'refs/heads/main', sha });
    done = await runJobs(await readWorkflow(FILE), event, machine, { test: PASSED });
  }, TIMEOUT);
  afterAll(async () => {
    await registries.stop();
    await repository.remove();
  });

  test('every job succeeds: nobody would notice', () => {
    for (const [name, { log, result }] of Object.entries(done))
      expect(result, `${name}\n${log}`).toBe('success');
    expect(registries.mutating()).not.toMatchObject({ npm: 0 });
  });

  test.runIf(IS_LINUX)(
    'in the job `build` it reads environments, memory and files, and finds no token',
    async () => {
      const { found, read } = await lootIn(done['build']?.temp ?? '');
      expect(found).toEqual([]);
      // Its parents: the package manager and ameide-release at least.
      if (await mayReadMemory()) expect(read.memories).toBeGreaterThan(1);
      expect(read.environments).toBeGreaterThan(1);
      expect(read.files).toBeGreaterThan(10);
    },
  );

  test('the jobs with tokens run nothing of the repository', async () => {
    // It can be seen where something runs.
    expect(await ranIn('build')).toEqual(
      expect.arrayContaining(['build-backend', 'node-options', 'pnpmfile', 'postinstall']),
    );
    expect(await ranIn('publish')).toEqual([]);
    expect(await ranIn('promote')).toEqual([]);
  });

  test('neither does a clone whose own configuration names programs of the repository', {
    timeout: TIMEOUT,
  }, async () => {
    const clone = repository.clone('poisoned');
    await poison(clone.directory);
    const built = join(machine.home, 'artifacts', sha, 'refs/heads/main', 'built');
    const { code, stderr } = await runAmeide(['publish', '--from', built], clone, registries);
    expect(code, stderr).toBe(0);
    const ran = async (): Promise<readonly string[]> => {
      const lines = (await readFile(canaryLog(), 'utf8')).split('\n');
      return lines.filter((line) => line.includes('/poisoned'));
    };
    expect(await ran()).toEqual([]);
    // It can be seen where something runs.
    await promisify(execFile)(
      'git',
      ['-C', clone.directory, 'commit', '--allow-empty', '-m', 'x'],
      {
        env: {
          ...registries.env,
          GIT_AUTHOR_NAME: 'a',
          GIT_AUTHOR_EMAIL: 'a@b',
          GIT_COMMITTER_NAME: 'a',
          GIT_COMMITTER_EMAIL: 'a@b',
        },
      },
    );
    expect((await ran()).length).toBeGreaterThan(1);
  });

  test.runIf(IS_LINUX)(
    'beside the tokens, in one `publish`, the same build finds them',
    {
      timeout: TIMEOUT,
    },
    async () => {
      await repository.change('packages/ameide_sdk_ts/README.md', '\nMore.');
      await repository.commit('Hostile, too', '2025-11-14T14:00:00+00:00');
      const { code, stderr } = await publishAmeide(repository, registries);
      expect(code, stderr).toBe(0);
      const { found } = await lootIn(registries.temporary);
      expect(new Set(found.map(({ name }) => name))).toEqual(new Set(TOKENS));
      expect(found.some(({ where }) => where.startsWith('environment of'))).toBe(true);
      if (await mayReadMemory())
        expect(found.some(({ where }) => where.startsWith('memory of'))).toBe(true);
    },
  );
});
