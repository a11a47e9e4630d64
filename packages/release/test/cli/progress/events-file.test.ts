import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runCli } from '../../support/cli.ts';
import { gatedRelease } from '../../support/gated-release.ts';
import { createGitWorld } from '../../support/git-world.ts';
import { runProcess } from '../../support/process.ts';

const ID = 'npm:@example/sdk';

function folder(): string {
  return createGitWorld().directory;
}

function readLines(file: string): { type: string; sequence: number; message: string }[] {
  return readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

describe('--events', () => {
  test('writes each event in one line, also with --quiet; a second run goes on in the same file', async () => {
    const release = gatedRelease([ID]);
    const file = join(folder(), 'events.ndjson');
    const argv = ['-C', release.directory, 'plan', '--quiet', '--events', file];
    const first = await runCli(argv);
    expect(first).toMatchObject({ code: 0, stderr: '' });
    const once = readLines(file);
    expect(once.map(({ sequence }) => sequence)).toEqual(once.map((_, at) => at + 1));
    expect(once.at(-1)).toMatchObject({ type: 'run-ended', message: 'converged, exit code 0' });
    // As after a crash of the system.
    writeFileSync(file, readFileSync(file, 'utf8').trimEnd());
    await runCli(argv);
    const twice = readLines(file);
    expect(twice.length).toBe(once.length * 2);
    expect(twice.filter(({ type }) => type === 'run-ended')).toHaveLength(2);
  });

  test('a killed program has lost no event that had happened', async () => {
    const release = gatedRelease([ID]);
    const file = join(folder(), 'events.ndjson');
    release.open(`build ${ID}`);
    // Its upload waits for ever: a watcher kills it as soon as the file says that it has begun.
    const hook = `data:text/javascript,${encodeURIComponent(`
      import { watchFile, existsSync, readFileSync } from 'node:fs';
      const look = () => {
        if (existsSync(${JSON.stringify(file)}) && /"step-started","phase":"publish"/.test(readFileSync(${JSON.stringify(file)}, 'utf8'))) process.kill(process.pid, 'SIGKILL');
      };
      setInterval(look, 5).unref();
    `)}`;
    const result = await runProcess(['-C', release.directory, 'publish', '--events', file], {
      nodeArguments: ['--import', hook],
    });
    expect(result.signal).toBe('SIGKILL');
    const types = readLines(file).map(({ type }) => type);
    expect(types.filter((type) => type === 'run-started')).toHaveLength(1);
    expect(types.at(-1)).toBe('step-started');
  });

  test('refuses what it must not overwrite or cannot write, before anything is read or sent', async () => {
    const release = gatedRelease([ID]);
    const at = folder();
    const foreign = join(at, 'notes.txt');
    writeFileSync(foreign, 'do not lose me\n');
    mkdirSync(join(at, 'sub'));
    symlinkSync(release.directory, join(at, 'link'));
    symlinkSync(join(release.directory, 'events.ndjson'), join(at, 'dangling'));
    writeFileSync(join(release.directory, '.git/empty'), '');
    symlinkSync(join(release.directory, '.git/empty'), join(at, 'empty'));
    const cases = [
      [foreign, 'or one that --events wrote before'],
      [join(at, 'sub'), 'EISDIR'],
      [join(at, 'nowhere/events'), 'ENOENT'],
      [join(release.directory, 'events.ndjson'), 'outside the repository'],
      [join(at, 'link/events.ndjson'), 'outside the repository'],
      [join(at, 'dangling'), 'ENOENT'],
      [join(at, 'empty'), 'outside the repository'],
      ['/dev/null', 'not a folder, a pipe or a device'],
    ] as const;
    for (const [file, reason] of cases) {
      const argv = ['-C', release.directory, 'publish', '--json', '--events', file];
      const { code, stdout } = await runCli(argv);
      const [found] = JSON.parse(stdout).problems;
      expect([file, code, found.code]).toEqual([file, 2, 'output-file']);
      expect(found.message).toContain(reason);
    }
    expect(readFileSync(foreign, 'utf8')).toBe('do not lose me\n');
    expect(existsSync(join(release.directory, 'events.ndjson'))).toBe(false);
  });

  test('a full disk stops no release, and is no success', async () => {
    const release = gatedRelease([ID]);
    for (const gate of [`build ${ID}`, `publish ${ID}`]) release.open(gate);
    const file = join(folder(), 'events.ndjson');
    const hook = `data:text/javascript,${encodeURIComponent(`
      import fs from 'node:fs';
      import { syncBuiltinESMExports } from 'node:module';
      const { writeSync } = fs;
      let count = 0;
      fs.writeSync = (...args) => {
        if (++count > 5) throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
        return writeSync(...args);
      };
      syncBuiltinESMExports();
    `)}`;
    const argv = ['-C', release.directory, 'publish', '--json', '--events', file];
    const result = await runProcess(argv, { nodeArguments: ['--import', hook] });
    expect(JSON.parse(result.stdout)).toMatchObject({ exitCode: 0 });
    expect([result.code, result.stderr]).toEqual([3, expect.stringContaining('Not every event')]);
    expect(readLines(file)).toHaveLength(5);
  });
});

describe('options that contradict each other', () => {
  test.each([
    [['--quiet', '--verbose'], 'cannot be used with'],
    [['--quiet', '--progress', 'plain'], 'cannot be used with'],
    [['--progress', 'fancy'], 'auto, live, plain, none'],
    [['--progress', 'live'], 'live lines need standard error to be a terminal'],
  ])('%j', async (options, reason) => {
    const release = gatedRelease([ID]);
    const { code, stderr, stdout } = await runCli(['-C', release.directory, 'plan', ...options]);
    expect(code).toBe(2);
    expect(stdout + stderr).toContain(reason);
  });
});
