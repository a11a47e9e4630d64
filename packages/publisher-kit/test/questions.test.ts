import { tmpdir } from 'node:os';
import { type Command, createProcesses, Secret } from '@ameide/publisher-kit';
import { describe, expect, test } from 'vitest';

const processes = createProcesses();
const TOKEN = 'pypi-AgEIcHlwaS5vcmc';

/** Runs the command in both ways, and returns what `run` returned or threw. */
async function both(command: Omit<Command, 'cwd'> & { readonly cwd?: string }): Promise<unknown[]> {
  return Promise.all(
    [true, false].map(async (isQuestion) => {
      try {
        const result = await processes.run({ cwd: tmpdir(), ...command, isQuestion });
        return { ...result, stdout: Buffer.from(result.stdout).toString() };
      } catch (error) {
        return { thrown: error instanceof Error ? error.message : error };
      }
    }),
  );
}

function script(text: string): readonly [string, ...string[]] {
  return [process.execPath, '-e', text];
}

const COMMANDS: Readonly<Record<string, Omit<Command, 'cwd'> & { readonly cwd?: string }>> = {
  'an answer': { argv: script("console.log('out'); console.error('err')") },
  'bytes that are not UTF-8': {
    argv: script("process.stdout.write(Buffer.from('ff00fe', 'hex'))"),
  },
  'an exit code': { argv: script("console.error('why'); process.exitCode = 3") },
  'the end of the input': {
    argv: script("process.stdin.on('end', () => console.log('end')).resume()"),
  },
  'the input': { argv: script('process.stdin.pipe(process.stdout)'), input: 'in\n' },
  'input that is not read': { argv: script('process.exit(4)'), input: 'x'.repeat(1_000_000) },
  'a signal': { argv: script("process.kill(process.pid, 'SIGTERM')") },
  'a program that is not there': { argv: ['no-such-program-anywhere'] },
  'a trusted program that is not there': { argv: ['no-such-program-anywhere'], trust: 'all' },
  'a folder that is not there': { argv: script(''), cwd: `${tmpdir()}/no-such-folder` },
  'a secret': {
    argv: script('console.log(process.env.T); console.error(process.env.T)'),
    env: { T: new Secret(TOKEN) },
  },
  'a secret among the arguments': { argv: script(TOKEN), secrets: [new Secret(TOKEN)] },
};

describe('a program that only answers a question has the same result as any other', () => {
  test.for(Object.entries(COMMANDS))('%s', async ([, command]) => {
    const [asked, spawned] = await both(command);
    expect(asked).toEqual(spawned);
  });

  test('with too much output, and with none in time', async () => {
    const endless = { argv: script("setInterval(() => console.log('x'.repeat(9999)), 1)") };
    for (const limit of [{ maxOutputBytes: 100_000 }, { timeoutMs: 300 }]) {
      const [asked, spawned] = await both({ ...endless, ...limit });
      const failure = 'timeoutMs' in limit ? 'timeout' : 'too-much-output';
      expect(asked).toMatchObject({ ok: false, failure });
      expect(spawned).toMatchObject({ ok: false, failure });
    }
  });

  test('after an abort, which does not wait for a program that ignores SIGTERM', async () => {
    const stop = new AbortController();
    const silent = `process.on('SIGTERM', () => {}); console.log('up'); setInterval(() => {}, 1000)`;
    const call = processes.run({
      argv: script(silent),
      cwd: tmpdir(),
      isQuestion: true,
      signal: stop.signal,
    });
    stop.abort(new Error('stopped'));
    await expect(call).rejects.toThrow('stopped');
  });
});
