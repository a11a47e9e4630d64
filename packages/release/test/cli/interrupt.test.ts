import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { createGitWorld } from '../support/git-world.ts';
import { runProcess } from '../support/process.ts';

const release = JSON.stringify(pathToFileURL(join(import.meta.dirname, '../../src/index.ts')).href);

/**
 * A release whose one publisher is a fake: it is absent, and asked for nothing. Its `prepare`
 * signals the program, and then takes a minute.
 */
function config(signal: string): string {
  const wait = `process.kill(process.ppid, '${signal}'); setTimeout(() => undefined, 60_000);`;
  return `import { defineRelease } from ${release};
const coordinate = { ecosystem: 'npm', name: 'sdk', version: '0.1.0-dev.1' };
export default defineRelease({
  versionFile: 'packages/sdk/package.json',
  prepare: [[process.execPath, '-e', ${JSON.stringify(wait)}]],
  publishers: [{
    label: 'fake',
    open: async (source) => ({
      id: 'npm:sdk',
      visibleOn: 'promote',
      members: [],
      plan: () => ({ publisher: 'npm:sdk', registry: 'https://example.invalid', sha: source.sha, coordinates: [coordinate], pointers: [] }),
      check: async () => [],
      inspect: async () => [{ coordinate, state: 'absent' }],
      build: async () => ({ built: { artifacts: [] } }),
      publish: async () => [],
    }),
  }],
});
`;
}

describe('a run that is stopped while a program of its own runs', () => {
  test.each(['SIGINT', 'SIGTERM'])(
    '%s: says how far it came, exits 3 and leaves no folder',
    async (signal) => {
      const git = createGitWorld();
      git.write('release.config.ts', config(signal));
      git.commit('everything', '2025-11-14T09:05:00+00:00');
      const scratch = createGitWorld().directory;
      const before = readdirSync(scratch);
      const result = await runProcess(['-C', git.directory, 'publish', '--json'], {
        env: { TMPDIR: scratch },
      });
      expect({ code: result.code, signal: result.signal }, result.stderr).toEqual({
        code: 3,
        signal: null,
      });
      const report = JSON.parse(result.stdout);
      expect(report.problems).toMatchObject([
        { code: 'interrupted', effect: 'none', rerun: 'safe' },
      ]);
      expect(readdirSync(scratch)).toEqual(before);
    },
  );

  test('a definition that hangs and does not notice: the second signal ends it', async () => {
    const git = createGitWorld();
    git.write(
      'release.config.ts',
      "process.kill(process.pid, 'SIGINT');\nsetTimeout(() => process.kill(process.pid, 'SIGTERM'), 1500);\nsetInterval(() => undefined, 1000);\nawait new Promise(() => undefined);\n",
    );
    expect(await runProcess(['-C', git.directory, 'plan'])).toMatchObject({
      code: 143,
      signal: null,
    });
  });

  test('a command that only reads and does not notice: one signal ends it within seconds', async () => {
    const git = createGitWorld();
    git.write(
      'release.config.ts',
      "process.kill(process.pid, 'SIGTERM');\nsetInterval(() => undefined, 1000);\nawait new Promise(() => undefined);\n",
    );
    expect(await runProcess(['-C', git.directory, 'plan'])).toMatchObject({
      code: 143,
      signal: null,
    });
  });

  test.each(['SIGINT', 'SIGTERM'])(
    'doctor, which leaves nothing behind: %s ends it also in a loop that never listens',
    async (signal) => {
      const git = createGitWorld();
      const file = 'release.config.ts';
      git.write(file, `process.kill(process.pid, '${signal}');\nfor (;;) {}\n`);
      expect(await runProcess(['-C', git.directory, 'doctor'])).toMatchObject({
        code: null,
        signal,
      });
    },
  );

  test('one Ctrl-C that arrives twice is one', async () => {
    const git = createGitWorld();
    git.write(
      'release.config.ts',
      config('SIGINT').replace(
        "process.kill(process.ppid, 'SIGINT');",
        "process.kill(process.ppid, 'SIGINT'); process.kill(process.ppid, 'SIGINT');",
      ),
    );
    git.commit('everything', '2025-11-14T09:05:00+00:00');
    const result = await runProcess(['-C', git.directory, 'publish', '--json']);
    expect(result.code, result.stderr).toBe(3);
    expect(JSON.parse(result.stdout).problems).toMatchObject([{ code: 'interrupted' }]);
  });

  test('a definition that leaves a timer behind: the program ends all the same', async () => {
    const git = createGitWorld();
    git.write('release.config.ts', `setInterval(() => undefined, 1000);\n${config('SIGINT')}`);
    git.commit('everything', '2025-11-14T09:05:00+00:00');
    expect((await runProcess(['-C', git.directory, 'plan', '--json'])).code).toBe(0);
  });
});
