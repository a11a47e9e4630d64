import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { createProcesses } from '@ameide/publisher-kit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createGitWorld, type GitWorld } from '../support/git-world.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../../../..');
/** All that is installed here: no publisher, and nothing that others wrote. */
const PACKAGES = ['versioning-core', 'publisher-kit', 'release'];

/** Writes a line for each module that is loaded. */
const HOOK = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from 'node:module';
  registerHooks({
    load: (url, context, next) => {
      process.stderr.write('loaded ' + url + '\\n');
      return next(url, context);
    },
  });
`)}`;

let home = '';

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'ameide-installed-'));
  await run(process.execPath, ['scripts/bundle.ts', ...PACKAGES], { cwd: root });
  await Promise.all(PACKAGES.map(install));
  const git = await createProcesses().which('git');
  await mkdir(join(home, 'bin'));
  // A git that writes its arguments down.
  const script = `#!/bin/sh\necho "$*" >> '${join(home, 'asked')}'\nexec '${git}' "$@"\n`;
  await writeFile(join(home, 'bin/git'), script, { mode: 0o755 });
});
afterAll(() => rm(home, { recursive: true, force: true }));

/** Lays a package out as users get it. */
async function install(name: string): Promise<void> {
  const folder = join(home, 'node_modules/@ameide', name);
  const file = join(home, `${name}.tgz`);
  const cwd = join(root, 'packages', name);
  await run('pnpm', ['pack', '--ignore-scripts', '--out', file], { cwd });
  await mkdir(folder, { recursive: true });
  await run('tar', ['-xzf', file, '-C', folder, '--strip-components=1']);
}

interface Started {
  readonly stdout: string;
  /** The files, below `@ameide/`, and Node's own modules. */
  readonly loaded: readonly string[];
  /** The arguments of each git process. */
  readonly asked: readonly string[];
}

async function start(...argv: readonly string[]): Promise<Started> {
  await rm(join(home, 'asked'), { force: true });
  const bin = join(home, 'node_modules/@ameide/release/bundle/bin.js');
  const { stdout, stderr } = await run(process.execPath, ['--import', HOOK, bin, ...argv], {
    env: { PATH: join(home, 'bin') + delimiter + process.env['PATH'], XDG_CACHE_HOME: home },
  });
  const asked = existsSync(join(home, 'asked')) ? await readFile(join(home, 'asked'), 'utf8') : '';
  return {
    stdout,
    loaded: [...stderr.matchAll(/^loaded (?:file:.*?\/@ameide\/)?(.*)$/gm)].map(
      ([, one = '']) => one,
    ),
    asked: asked.trim().split('\n'),
  };
}

function files({ loaded }: Started): readonly string[] {
  return loaded.filter((one) => !one.startsWith('node:'));
}

async function version(git: GitWorld): Promise<Started> {
  return start('-C', git.directory, 'version', '--base', '0.2.0', '--json');
}

describe('an installed program loads a few files', () => {
  test('--help: seven, without git, without the HTTP client', async () => {
    const help = await start('--help');
    expect(help.stdout).toContain('Usage: ameide-release');
    expect(files(help).length).toBeLessThanOrEqual(7);
    expect(help.loaded).not.toContain('node:child_process');
    expect(files(help).join()).not.toMatch(/repository|http|publisher-npm/);
  });

  test('version: eighteen, each from these three packages', async () => {
    const result = await version(createGitWorld());
    expect(JSON.parse(result.stdout)).toMatchObject({ base: '0.2.0', channel: 'dev' });
    expect(files(result).length).toBeLessThanOrEqual(18);
    const owners = files(result).map((file) => file.split('/')[0]);
    expect(new Set(owners)).toEqual(new Set(PACKAGES));
    expect(files(result).join()).not.toMatch(/spawn|http/);
  });

  test('each bundle names the licences of what it contains', async () => {
    for (const [name, parts] of [
      ['versioning-core', ['semver']],
      ['publisher-kit', ['execa', 'get-stream']],
      ['release', ['ci-info', 'commander', 'picocolors']],
    ] as const) {
      const folder = join(home, 'node_modules/@ameide', name);
      const text = await readFile(join(folder, 'bundle/THIRD-PARTY-LICENSES'), 'utf8');
      for (const part of parts) expect(text).toMatch(new RegExp(`^${part} \\d`, 'm'));
    }
  });
});

describe('version asks git', () => {
  test('three questions without tags, four with', async () => {
    const git = createGitWorld();
    expect((await version(git)).asked).toHaveLength(3);
    git.git('tag', 'v0.1.0');
    git.commit('next');
    expect((await version(git)).asked).toHaveLength(4);
  });

  test('about the history for two tags of many, so that its length does not matter', async () => {
    const git = createGitWorld();
    const head = git.git('rev-parse', 'HEAD').trim();
    const lines = Array.from({ length: 300 }, (_, n) => `create refs/tags/v0.1.${n} ${head}\n`);
    git.write('refs', lines.join(''));
    git.git('-c', 'alias.all=!git update-ref --stdin < refs', 'all');
    git.git('tag', 'v0.2.0');
    git.commit('next');
    const { asked, stdout } = await version(git);
    expect(JSON.parse(stdout)).toMatchObject({ target: '0.2.1' });
    expect(asked.length).toBeLessThanOrEqual(5);
    const merged = asked.filter((line) => line.includes('--merged'));
    expect(merged.join(' ').match(/refs\/tags\/\S+/g)).toEqual([
      'refs/tags/v0.2.0',
      'refs/tags/v0.2.0',
    ]);
  });
});
