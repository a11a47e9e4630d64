import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { type Command, createProcesses, type ProcessResult, Secret } from '@ameide/publisher-kit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const TOKEN = 'pypi-AgEIcHlwaS5vcmc';
let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kit-test-'));
});
afterAll(() => rm(folder, { recursive: true }));

const processes = createProcesses({ graceMs: 200 });

/** Runs JavaScript in a child Node; the arguments follow it. */
function node(
  script: string,
  more: Partial<Command> = {},
  args: readonly string[] = [],
): Promise<ProcessResult> {
  return processes.run({
    argv: [process.execPath, '-e', script, '--', ...args],
    cwd: folder,
    ...more,
  });
}

describe('the environment of a child', () => {
  test('is the allow-list and what the command adds', async () => {
    const inherited = {
      PATH: process.env['PATH'],
      HOME: '/home/me',
      LC_ALL: 'C.UTF-8',
      XDG_CACHE_HOME: '/c',
      https_proxy: 'http://proxy:3128',
      GOMODCACHE: '/m',
    };
    const kept = {
      NODE_AUTH_TOKEN: TOKEN,
      NPM_TOKEN: TOKEN,
      ACTIONS_ID_TOKEN_REQUEST_URL: 'https://token.example/',
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: TOKEN,
      ACTIONS_RUNTIME_TOKEN: TOKEN,
      NPM_ID_TOKEN: TOKEN,
      PYPI_ID_TOKEN: TOKEN,
      SIGSTORE_ID_TOKEN: TOKEN,
      CIRCLE_OIDC_TOKEN: TOKEN,
      GITHUB_TOKEN: TOKEN,
      TWINE_PASSWORD: TOKEN,
      GOFLAGS: '-mod=mod',
      SSH_AUTH_SOCK: '/s',
      NODE_OPTIONS: '--no-warnings',
      GIT_DIR: '/g',
      npm_config_registry: 'https://evil.example',
    };
    const result = await createProcesses({ env: { ...inherited, ...kept } }).run({
      argv: [process.execPath, '-p', 'JSON.stringify(process.env)'],
      cwd: folder,
      env: { SOURCE_DATE_EPOCH: '1763047931', UPLOAD: new Secret('revealed-here') },
    });
    const seen = JSON.parse(Buffer.from(result.stdout).toString()) as Record<string, string>;
    expect(seen).toEqual({
      ...inherited,
      SOURCE_DATE_EPOCH: '1763047931',
      UPLOAD: 'revealed-here',
    });
  });
});

describe('arguments', () => {
  test('reach the program as they are: no shell reads them', async () => {
    const args = [
      '$(touch pwned)',
      '`id`',
      '; rm -rf .',
      '*',
      '"quoted"',
      'two\nlines',
      '',
      '-flag',
      '~',
      '$HOME',
    ];
    const result = await node('console.log(JSON.stringify(process.argv.slice(1)))', {}, args);
    expect(JSON.parse(result.stdoutText)).toEqual(args);
    await expect(readFile(join(folder, 'pwned'))).rejects.toThrow('ENOENT');
  });

  test.each([
    ['as it is', TOKEN],
    ['inside another', `--token=${TOKEN}`],
    ['in base64', `authorization: Basic ${Buffer.from(`__token__:${TOKEN}`).toString('base64')}`],
  ])('that hold a secret of the environment %s are refused, unseen', async (_, argument) => {
    const call = node('0', { env: { TOKEN: new Secret(TOKEN) } }, [argument]);
    await expect(call).rejects.toMatchObject({
      name: 'InvalidInputError',
      field: 'argv',
      message: expect.not.stringContaining(argument) as string,
    });
  });

  test('with NUL, and no program, are refused', async () => {
    await expect(node('0', {}, ['a\0b'])).rejects.toMatchObject({ field: 'argv' });
    await expect(processes.run({ argv: [''], cwd: folder })).rejects.toMatchObject({
      field: 'argv',
    });
  });
});

describe('output', () => {
  test('is bytes as printed, and text', async () => {
    const result = await node(
      `process.stdout.write(Buffer.from([0xff, 0x00, 0x0a, 0x0a])); console.error('told')`,
    );
    expect(result).toMatchObject({ ok: true, exitCode: 0, stderrText: 'told\n' });
    expect([...result.stdout]).toEqual([0xff, 0, 10, 10]);
    expect(result.failure).toBeUndefined();
  });

  test('never shows the secrets of the environment, whatever the child does with them', async () => {
    const script = `
      const t = process.env.TOKEN, b = Buffer.from('user:' + t);
      console.log(t, encodeURIComponent(t), JSON.stringify({ t }));
      console.error('Authorization: Basic ' + b.toString('base64'), b.toString('base64url'), 'http://u:' + encodeURIComponent(t) + '@h/');
      console.error('failed with ' + t); process.exitCode = 3;`;
    const token = `${TOKEN}"/+ é`;
    const lines: string[] = [];
    const result = await node(script, {
      env: { TOKEN: new Secret(token) },
      onLine: (line) => void lines.push(line),
    });
    const shown = [
      result.stdoutText,
      result.stderrText,
      result.summary,
      ...result.lastLines,
      ...lines,
    ].join('\n');
    expect(shown).not.toContain(TOKEN.slice(5));
    expect(shown).not.toContain(Buffer.from(TOKEN).toString('base64').slice(4, 20));
    expect(result.summary).toBe('node -e: exit code 3: failed with [secret]');
    expect(lines).toHaveLength(3);
  });

  test('comes line by line, a secret cut in two by the pipe included', async () => {
    const script = `
      const t = process.env.TOKEN;
      const write = (text) => new Promise((done) => process.stdout.write(text, () => setTimeout(done, 20)));
      await write('one\\ntwo ' + t.slice(0, 9)); await write(t.slice(9) + ' end\\r\\n50%\\r100%'); await write('\\n\\nlast');`;
    const lines: string[] = [];
    await processes.run({
      argv: [process.execPath, '--input-type=module', '-e', script],
      cwd: folder,
      env: { TOKEN: new Secret(TOKEN) },
      onLine: (line) => void lines.push(line),
    });
    expect(lines).toEqual(['one', 'two [secret] end', '50%', '100%', 'last']);
  });

  test('never shows what this process keeps from its children, though they find it elsewhere', async () => {
    const env = { PATH: process.env['PATH'], PGPASSWORD: TOKEN };
    const lines: string[] = [];
    const [head, tail] = [TOKEN.slice(0, 9), TOKEN.slice(9)];
    const result = await createProcesses({ env }).run({
      argv: [
        process.execPath,
        '-e',
        `const write = (text) => new Promise((done) => process.stdout.write(text, done));
        (async () => { await write('one ${head}\\n'); await new Promise((done) => setTimeout(done, 50)); await write('${tail} two\\n'); })();`,
      ],
      cwd: folder,
      onLine: (line) => void lines.push(line),
    });
    expect(lines).toEqual(['one [secret] two']);
    expect(result.lastLines).toEqual(['one [secret] two']);
  });

  test('comes no faster than it is taken, and only its end is kept', async () => {
    let lines = 0;
    const first = Promise.withResolvers<void>();
    const taken = Promise.withResolvers<void>();
    const run = node(
      `const fs = require('node:fs'); let n = 0;
      for (; n < 200_000; n++) fs.writeSync(1, 'line ' + n + '\\n');
      fs.writeFileSync('done', '')`,
      {
        onLine: () => {
          lines += 1;
          first.resolve();
          return taken.promise;
        },
      },
    );
    await first.promise;
    await new Promise((resolve) => setTimeout(resolve, 300));
    // A pipe and the stream's own buffer have room for some thousand lines.
    expect(lines).toBeLessThan(50_000);
    expect(existsSync(join(folder, 'done'))).toBe(false);
    taken.resolve();
    const result = await run;
    expect(lines).toBe(200_000);
    expect(result.stdout.length).toBeLessThanOrEqual(65_536);
    expect(result.lastLines.at(-1)).toBe('line 199999');
  });

  test('that nobody takes does not outlive an abort', async () => {
    const stop = new AbortController();
    const run = node(`setInterval(() => console.log('x'), 1)`, {
      signal: stop.signal,
      onLine: async () => {
        stop.abort(new Error('stopped'));
        await new Promise(() => undefined);
      },
    });
    await expect(run).rejects.toThrow('stopped');
  });

  test('in a line without an end is shown up to a limit, and the next line whole', async () => {
    const lines: string[] = [];
    await node(`process.stdout.write('x'.repeat(300_000) + '\\nnext\\n')`, {
      onLine: (line) => void lines.push(line),
    });
    expect(lines.map((line) => line.slice(0, 4) + line.length)).toEqual(['xxxx2000', 'next4']);
    const endless: string[] = [];
    const stop = new AbortController();
    const onLine = (line: string): void => {
      endless.push(line);
      stop.abort(new Error('seen'));
    };
    const call = node(`setInterval(() => process.stdout.write('x'.repeat(65536)), 5)`, {
      onLine,
      signal: stop.signal,
    });
    await expect(call).rejects.toThrow('seen');
    expect(endless).toEqual(['x'.repeat(2000)]);
  });

  test('is redacted before it is cut: half a secret is shown nowhere', async () => {
    // With the cut inside the secret: no line ends in what is kept, a progress bar's do, or the
    // last one ends it.
    const cut = 65_536 - 12;
    for (const [BEFORE, AFTER] of [
      ['x'.repeat(1000), 'y'.repeat(cut)],
      ['50%\r'.repeat(250), '60%\r'.repeat(cut / 4)],
      ['x'.repeat(1000), `${'y'.repeat(cut - 1)}\n`],
    ] as const) {
      const script = `const { BEFORE, TOKEN, AFTER } = process.env; process.exitCode = 1;
        for (const out of [process.stdout, process.stderr]) out.write(BEFORE + TOKEN + AFTER)`;
      const result = await node(script, { env: { TOKEN: new Secret(TOKEN), BEFORE, AFTER } });
      const shown = [result.stderrText, result.summary, ...result.lastLines].join('\n');
      expect(shown).not.toMatch(/AgEIc|EIcHl|cHlwa|aS5vc|5vcmc/);
      expect(result.stderrText.length).toBeGreaterThan(60_000);
      expect(result.lastLines).not.toEqual([]);
    }
  });

  test('of stderr is kept from its last 64 KiB, in whole lines', async () => {
    const result = await node(`for (let n = 0; n < 20000; n++) console.error('line ' + n)`);
    expect(result.stderrText.length).toBeLessThanOrEqual(65_536);
    expect(result.stderrText).toMatch(/^line \d+\n/);
    expect(result.stderrText).toMatch(/line 19999\n$/);
  });

  test('hides the password of a proxy that the child was told', async () => {
    const env = {
      PATH: process.env['PATH'],
      HTTPS_PROXY: 'http://me:p%40ss-word@proxy.example:3128',
    };
    const result = await createProcesses({ env }).run({
      argv: [process.execPath, '-p', `process.env.HTTPS_PROXY + ' p@ss-word'`],
      cwd: folder,
    });
    expect(result.stdoutText).toBe('http://me:[secret]@proxy.example:3128 [secret]\n');
  });

  test('beyond the limit ends the program', async () => {
    const result = await node(`setInterval(() => process.stdout.write('x'.repeat(65536)), 0)`, {
      maxOutputBytes: 1 << 20,
    });
    expect(result).toMatchObject({ ok: false, failure: 'too-much-output' });
    expect(result.summary).toContain('printed too much');
  });

  test('a callback that throws ends the program and is what run rejects with', async () => {
    const bug = new TypeError('a bug');
    const onLine = (): void => {
      throw bug;
    };
    await expect(node(`console.log('a'); setInterval(() => {}, 1000)`, { onLine })).rejects.toBe(
      bug,
    );
  });
});

describe('failure is a value', () => {
  test('an exit code, with the last line of stderr', async () => {
    const result = await node(
      `console.error('\\x1b[31mno such module\\x1b[0m\\n\\n'); process.exit(7)`,
    );
    expect(result).toMatchObject({
      ok: false,
      failure: 'exit',
      exitCode: 7,
      summary: 'node -e: exit code 7: no such module',
    });
  });

  test('or of stdout, when stderr says nothing', async () => {
    expect((await node(`console.log('bad input'); process.exit(1)`)).summary).toBe(
      'node -e: exit code 1: bad input',
    );
  });

  test('with the last ten lines of both streams, so that warnings do not hide what stdout tells', async () => {
    const print = (lines: number, warnings: number) =>
      node(`
      for (let i = 1; i <= ${lines}; i++) console.log('\\x1b[31m  line ' + i + '\\x1b[0m');
      for (let i = 1; i <= ${warnings}; i++) console.error('warning ' + i);
      process.exit(1)`);
    expect((await print(1, 2)).lastLines).toEqual(['  line 1', 'warning 1', 'warning 2']);
    expect((await print(20, 0)).lastLines).toEqual(
      Array.from({ length: 10 }, (_, i) => `  line ${i + 11}`),
    );
    expect((await print(0, 20)).lastLines).toEqual(
      Array.from({ length: 10 }, (_, i) => `warning ${i + 11}`),
    );
    const many = (await print(20, 20)).lastLines;
    expect([many.length, many[0], many.at(-1)]).toEqual([10, '  line 16', 'warning 20']);
  });

  test('the sub-command is named; values are not', async () => {
    await writeFile(join(folder, 'prog'), '#!/bin/sh\nexit 4\n', { mode: 0o755 });
    const summary = async (...args: string[]): Promise<string> =>
      (await processes.run({ argv: [join(folder, 'prog'), ...args], cwd: folder })).summary;
    expect(await summary('list', '-m', 'all')).toBe('prog list -m: exit code 4');
    expect(await summary('/etc/x', 'list')).toBe('prog: exit code 4');
    expect(await summary('push', 'https://h/x')).toBe('prog push: exit code 4');
  });

  test('a program that is not there', async () => {
    const result = await processes.run({ argv: ['no-such-program-here', 'x'], cwd: folder });
    expect(result).toMatchObject({
      ok: false,
      failure: 'not-found',
      summary: 'no-such-program-here x: not found on PATH',
    });
    expect(result.exitCode).toBeUndefined();
  });

  test('a file that is no program', async () => {
    await writeFile(join(folder, 'data'), 'x', { mode: 0o644 });
    const result = await processes.run({ argv: [join(folder, 'data')], cwd: folder });
    expect(result).toMatchObject({
      failure: 'not-found',
      summary: 'data: could not be started (EACCES)',
    });
  });

  test('a signal', async () => {
    expect(await node(`process.kill(process.pid, 'SIGKILL')`)).toMatchObject({
      failure: 'signal',
      summary: 'node -e: ended by SIGKILL',
    });
  });

  test('a folder that is not there is a wrong call', async () => {
    await expect(node('0', { cwd: join(folder, 'none') })).rejects.toMatchObject({
      name: 'InvalidInputError',
      field: 'cwd',
    });
  });
});

describe('input', () => {
  test('is handed over as bytes', async () => {
    const result = await node('process.stdin.pipe(process.stdout)', {
      input: Buffer.from([1, 0, 255]),
    });
    expect([...result.stdout]).toEqual([1, 0, 255]);
  });

  test('without it a program that asks gets an end of file', async () => {
    expect(
      (await node(`process.stdin.resume().on('end', () => console.log('end'))`)).stdoutText,
    ).toBe('end\n');
  });
});

/** True while a process runs; a dead one that nobody has collected yet does not. */
async function runs(pid: number): Promise<boolean> {
  const state = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  if (state !== undefined) return !/\) [ZX] /.test(state);
  try {
    return process.kill(pid, 0) && process.platform !== 'linux';
  } catch {
    return false;
  }
}

const FAMILY = `
  const child = require('node:child_process').spawn(process.execPath, ['-e', 'process.on("SIGTERM", () => {}); console.log(process.pid); setInterval(() => {}, 1000)'], { stdio: ['ignore', 'inherit', 'inherit'] });
  process.on('SIGTERM', () => {});
  setInterval(() => {}, 1000);`;

describe('an end is put to', () => {
  test('a program and its children on abort, though they ignore SIGTERM; run rejects with the reason', async () => {
    const controller = new AbortController();
    const reason = new Error('cancelled');
    let grandchild = 0;
    const onLine = (line: string): void => {
      grandchild = Number(line);
      controller.abort(reason);
    };
    await expect(node(FAMILY, { signal: controller.signal, onLine })).rejects.toBe(reason);
    expect(grandchild).toBeGreaterThan(1);
    expect(await runs(grandchild)).toBe(false);
  });

  test('a program on timeout', async () => {
    const result = await node('setInterval(() => {}, 1000)', { timeoutMs: 300 });
    expect(result).toMatchObject({
      ok: false,
      failure: 'timeout',
      summary: 'node -e: took too long',
    });
  });

  test('what a build leaves in its process group, also if it holds the output open', async () => {
    const leave = `const child = require('node:child_process').spawn(process.execPath, ['-e', 'setTimeout(() => {}, 20000)'], { stdio: ['ignore', 'inherit', 'inherit'] }); console.log(child.pid); child.unref()`;
    const result = await node(leave, { endsGroup: true });
    expect(result).toMatchObject({ ok: true });
    // Killed, it may need a moment to be gone.
    await expect.poll(async () => runs(Number(result.stdoutText))).toBe(false);
  });

  test('waiting for a daemon that left the group and holds the output open', async () => {
    const daemon = `const child = require('node:child_process').spawn(process.execPath, ['-e', 'setTimeout(() => {}, 20000)'], { detached: true, stdio: ['ignore', 'inherit', 'inherit'] }); console.log(child.pid); child.unref()`;
    const result = await node(daemon, { timeoutMs: 1000 });
    expect(result).toMatchObject({ ok: false, failure: 'timeout' });
    const pid = Number(result.stdoutText);
    expect(await runs(pid)).toBe(true);
    process.kill(pid, 'SIGKILL');
  });

  test('nothing, when the signal had aborted before', async () => {
    const reason = new Error('earlier');
    const marker = join(folder, 'started');
    const call = node(`require('node:fs').writeFileSync(${JSON.stringify(marker)}, '')`, {
      signal: AbortSignal.abort(reason),
    });
    await expect(call).rejects.toBe(reason);
    await expect(readFile(marker)).rejects.toThrow('ENOENT');
  });
});

describe('which', () => {
  test('finds a program on PATH as an absolute path, and nothing that is not one', async () => {
    const bin = join(folder, 'bin');
    await mkdir(join(bin, 'directory'), { recursive: true });
    await writeFile(join(bin, 'tool'), '#!/bin/sh\n', { mode: 0o755 });
    await writeFile(join(bin, 'text'), '', { mode: 0o644 });
    await symlink('tool', join(bin, 'link'));
    const found = createProcesses({ env: { PATH: `:${join(folder, 'none')}:${bin}` } });
    const relativePath = createProcesses({ env: { PATH: relative(process.cwd(), bin) } });
    expect(await relativePath.which('tool')).toBeUndefined();
    expect(await found.which('tool')).toBe(join(bin, 'tool'));
    expect(await found.which('link')).toBe(join(bin, 'link'));
    expect(await found.which(join(bin, 'tool'))).toBe(join(bin, 'tool'));
    for (const name of ['text', 'directory', 'none', 'bin/tool', '../bin/tool', ''])
      expect([name, await found.which(name)]).toEqual([name, undefined]);
  });
});
