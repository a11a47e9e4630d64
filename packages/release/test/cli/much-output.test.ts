import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { createTextWriter } from '../../src/cli/text-writer.ts';
import { createGitWorld } from '../support/git-world.ts';
import { runProcess } from '../support/process.ts';

const release = JSON.stringify(pathToFileURL(join(import.meta.dirname, '../../src/index.ts')).href);
const BIN = join(import.meta.dirname, '../../src/bin.ts');

/** A release of a fake, whose `prepare` prints this many short lines. Its note is the peak of memory. */
function config(lines: number, atBuild = ''): string {
  const print = `const fs = require('node:fs'); const text = 'line\\n'.repeat(1000);
for (let n = 0; n < ${lines}; n += 1000) for (let at = 0; at < text.length; ) at += fs.writeSync(1, text.slice(at));`;
  return `import { readFileSync } from 'node:fs';
import { defineRelease } from ${release};
const coordinate = { ecosystem: 'npm', name: 'sdk', version: '0.1.0-dev.1' };
let published = false;
export default defineRelease({
  versionFile: 'packages/sdk/package.json',
  prepare: [[process.execPath, '-e', ${JSON.stringify(print)}]],
  publishers: [{
    label: 'fake',
    open: async (source) => ({
      id: 'npm:sdk',
      visibleOn: 'publish',
      members: [],
      plan: () => ({ publisher: 'npm:sdk', registry: 'https://example.invalid', sha: source.sha, coordinates: [coordinate], pointers: [] }),
      check: async () => [],
      inspect: async () => [{ coordinate, state: published ? 'identical' : 'absent', sha: source.sha }],
      build: async () => { ${atBuild} return { value: { artifacts: [] } }; },
      publish: async (_plan, _built, step) => {
        published = true;
        const message = /VmHWM.*/.exec(readFileSync('/proc/self/status', 'utf8'))?.[0] ?? '';
        step.emit({ publisher: 'npm:sdk', message, isNote: true });
        return [{ coordinate, outcome: 'published' }];
      },
    }),
  }],
});
`;
}

function repository(text: string): string {
  const git = createGitWorld();
  git.write('release.config.ts', text);
  git.commit('everything');
  return git.directory;
}

describe('a build that prints very much', () => {
  const MILLION = 1_000_000;

  test('is shown whole, in little memory, and does not change how the run ends', async () => {
    const argv = ['-C', repository(config(MILLION)), 'publish', '--json'];
    const { code, stderr, stdout } = await runProcess(argv);
    expect(code, stderr.slice(-2000)).toBe(0);
    expect(stderr.match(/^prepare +line$/gm)).toHaveLength(MILLION);
    // 480 MiB and more without back pressure.
    const [, peak = ''] = /VmHWM:\s*(\d+) kB/.exec(JSON.parse(stdout).notes[0]) ?? [];
    if (process.platform === 'linux') expect(Number(peak)).toBeLessThan(400 * 1024);
  });

  test('ends with the same exit code when its reader goes away', async () => {
    const argv = [BIN, '-C', repository(config(MILLION / 10)), 'publish', '--json'];
    const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    child.stdout.on('data', (chunk) => (stdout += chunk));
    const { stderr } = child;
    stderr.once('data', () => stderr.destroy());
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect(code).toBe(0);
    expect(JSON.parse(stdout).status).toBe('converged');
  });
});

test.runIf(process.platform === 'linux')(
  'a report that cannot be written is no success',
  async () => {
    const full = openSync('/dev/full', 'w');
    const argv = [BIN, '-C', repository(config(0)), 'publish', '--json'];
    const child = spawn(process.execPath, argv, { stdio: ['ignore', full, 'pipe'] });
    closeSync(full);
    let stderr = '';
    child.stderr?.on('data', (chunk) => (stderr += chunk));
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect([code, stderr]).toEqual([3, expect.stringContaining('could not be written: ')]);
  },
);

describe('an uncaught error', () => {
  const TOKEN = 'npm_planted0123456789';
  const left = `setTimeout(() => { throw new Error('left behind with ${TOKEN}'); }); await new Promise((done) => setTimeout(done, 60_000));`;

  test.each([
    ['publish', 5, 'crashed'],
    ['plan', 70, 'internal-error'],
  ])('in %s is reported without secrets, exit %i', async (command, exit, problem) => {
    const text = command === 'plan' ? `${left}\n` : config(0, left);
    const result = await runProcess(['-C', repository(text), command, '--json'], {
      env: { NPM_TOKEN: TOKEN },
    });
    expect(result.code, result.stderr).toBe(exit);
    expect(JSON.parse(result.stdout).problems[0].code).toBe(problem);
    expect(result.stdout + result.stderr).toContain('left behind with [secret]');
    expect(result.stdout + result.stderr).not.toContain(TOKEN);
  });
});

describe('the writer of a stream', () => {
  /** A stream whose writes end when the test says so. */
  function slowStream() {
    const written: string[] = [];
    let finish: ((error?: Error) => void) | undefined;
    const stream = new Writable({
      decodeStrings: false,
      write(text: string, _encoding, done) {
        written.push(text);
        finish = done;
      },
    });
    const next = async (error?: Error): Promise<void> => {
      finish?.(error);
      await new Promise((resolve) => setImmediate(resolve));
    };
    return { stream, written, next };
  }

  test('joins what waits, and asks to wait when much does', async () => {
    const { next, stream, written } = slowStream();
    const writer = createTextWriter(stream);
    expect(writer.print('a')).toBeUndefined();
    for (let n = 0; n < 1000; n++) expect(writer.print('bc')).toBeUndefined();
    const busy = writer.print('d'.repeat(65_536));
    expect(busy).toBeInstanceOf(Promise);
    await next();
    await next();
    await busy;
    expect(written).toEqual(['a', `${'bc'.repeat(1000)}${'d'.repeat(65_536)}`]);
    await writer.end();
  });

  test('drops everything after a failure, and reports it unless only the reader is gone', async () => {
    for (const [code, failure] of [
      ['EPIPE', undefined],
      ['ENOSPC', { code: 'ENOSPC' }],
    ] as const) {
      const { next, stream, written } = slowStream();
      const writer = createTextWriter(stream);
      void writer.print('a');
      const busy = writer.print('b'.repeat(100_000));
      await next(Object.assign(new Error('no'), { code }));
      await busy;
      void writer.print('c');
      await writer.end();
      expect(written).toEqual(['a']);
      if (failure === undefined) expect(writer.failure()).toBeUndefined();
      else expect(writer.failure()).toMatchObject(failure);
    }
  });
});
