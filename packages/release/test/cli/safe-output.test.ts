import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createPace, type HttpResponse, Secret, toSecret } from '@ameide/publisher-kit';
import { exchangeIdentity, type Identity } from '@ameide/publisher-kit/identity';
import { ok, type Publisher } from '@ameide/versioning-core';
import { describe, expect, test } from 'vitest';
import { jsonRedactor } from '../../src/cli/redacted-json.ts';
import { safeOutput } from '../../src/cli/safe-output.ts';
import { createEventRedactor } from '../../src/run/event-redactor.ts';
import { runCli } from '../support/cli.ts';
import { createGitWorld } from '../support/git-world.ts';
import { parseCommands } from '../support/github-step.ts';

const TOKEN = 'npm_planted0123456789';
const FORMS = [TOKEN, encodeURIComponent(TOKEN), Buffer.from(`user:${TOKEN}`).toString('base64')];

async function run(
  config: string,
  env: Readonly<Record<string, string>>,
  ...argv: readonly string[]
) {
  const git = createGitWorld();
  git.write('release.config.mjs', config);
  git.commit('a definition');
  const { code, stdout, stderr } = await runCli(['-C', git.directory, ...argv], env);
  return { code, stdout, text: stdout + stderr };
}

describe('a token of the environment is not shown', () => {
  test.each(FORMS)('by an error that repeats it as %s', async (form) => {
    for (const json of [['--json'], []]) {
      const { code, text } = await run(
        `throw new Error('the registry said ${form}');`,
        { NPM_TOKEN: TOKEN },
        'plan',
        ...json,
      );
      expect(code).toBe(2);
      expect(text).toContain('[secret]');
      for (const each of FORMS) expect(text).not.toContain(each);
    }
  });

  test.each([
    [
      'publishers[0]',
      `export default { versionFile: 'a.json', publishers: [{ directory: 'a', token: process.env.SHORT }] };`,
    ],
    [
      'repository',
      `export default { versionFile: 'a.json', publishers: [{ label: 'a', open() {} }], repository: 'https://x:hunter2@github.com/o/r' };`,
    ],
    [
      'prepare[0]',
      `export default { versionFile: 'a.json', publishers: [{ label: 'a', open() {} }], prepare: ['curl -H hunter2'] };`,
    ],
  ])('by the refusal of a mistaken %s, whatever its name', async (field, config) => {
    process.env['SHORT'] = 'hunter2';
    const { code, text } = await run(config, {}, 'plan');
    delete process.env['SHORT'];
    expect(code).toBe(2);
    expect(text).toContain(field);
    expect(text).not.toContain('hunter2');
  });

  test('nor is a token that the run gets for the identity of its job, by output, files and events', async () => {
    const texts: string[] = [];
    const print = (text: string): void => void texts.push(text);
    const signal = new AbortController().signal;
    const env = { env: {}, signal, stdout: print, stderr: print };
    const safe = safeOutput(env);
    const json = jsonRedactor({});
    const exchanged = new Secret('npm_exchanged0123456789');
    const secrets: Secret[] = [];
    const events = createEventRedactor();
    events.know([{ publisher: { secrets: () => secrets } as unknown as Publisher }]);
    const event = { type: 'progress', text: `the server said ${exchanged.reveal()}` } as const;
    const shown = (): string =>
      JSON.stringify([events.redact(event as never), json({ message: event.text })]);
    await safe.stdout(event.text);
    expect(shown()).toContain(exchanged.reveal());

    const identity: Identity = { provider: 'github', token: async () => ok(new Secret('a.b.c')) };
    const http = { request: async () => answered({ token: exchanged.reveal() }) };
    const request = { method: 'POST', url: 'https://registry.example/' } as const;
    const exchange = { identity, audience: 'x', code: 'x', what: 'exchange it' };
    await exchangeIdentity(
      { ...exchange, request: () => request, refusedHint: () => '' },
      { http, pace: createPace(signal), remember: (secret) => void secrets.push(secret) },
    );
    texts.length = 0;
    await safe.stdout(event.text);
    await safe.stderr(event.text);
    expect(texts).toEqual(Array(2).fill('the server said [secret]'));
    expect(shown()).not.toContain(exchanged.reveal());
  });

  test('the tokens are read once, not for each of a thousand events, and one that is read late is known', () => {
    const events = createEventRedactor();
    let asked = 0;
    const publisher = { secrets: () => ((asked += 1), [new Secret('npm_first0123456789')]) };
    const run = { publisher: publisher as unknown as Publisher };
    events.know([run, run, run]);
    const show = (text: string): string =>
      JSON.stringify(events.redact({ type: 'progress', text } as never));
    for (let count = 0; count < 1000; count += 1) show('nothing');
    expect([asked, show('a npm_first0123456789')]).toEqual([
      3,
      expect.stringContaining('a [secret]'),
    ]);
    const late = 'npm_late0123456789';
    expect(show(late)).toContain(late);
    toSecret(late);
    expect(show(late)).not.toContain(late);
    toSecret('test');
    expect(show('a test')).toContain('a test');
  });

  test('a value that is short is not looked for: it would be found in ordinary words', async () => {
    const { text } = await run('throw new Error("a problem");', { MY_TOKEN: 'problem' }, 'plan');
    expect(text).toContain('a problem');
  });
});

describe('in GitHub Actions no text from outside is a command to the runner', () => {
  const config = 'throw new Error("first\\n  ::add-mask::x\\n##[add-mask]y");';
  /** The annotation, whose text is data. */
  const OURS = {
    name: 'error',
    properties: { title: 'config-failed' },
    data: expect.stringContaining('first\n  ::add-mask::x\n#\\u0023[add-mask]y'),
  };

  test('in words', async () => {
    const { text } = await run(config, { GITHUB_ACTIONS: 'true' }, 'plan');
    expect(text).not.toContain('##[');
    expect(parseCommands(text)).toEqual([OURS]);
    expect(text).toContain('\\u003a:add-mask::x');
    expect((await run(config, {}, 'plan')).text).toMatch(/^\s*::add-mask::x$/m);
  });

  test('in JSON, which reads as the same', async () => {
    const { stdout, text } = await run(config, { GITHUB_ACTIONS: 'true' }, 'plan', '--json');
    expect(text).not.toContain('##[');
    expect(parseCommands(text)).toEqual([OURS]);
    expect(JSON.parse(stdout).problems[0].message).toContain('##[add-mask]y');
  });
});

describe('a run whose commit may be a stranger’s does not even load its definition', () => {
  const OTHER = 'a'.repeat(40);
  const EVENTS: readonly (readonly [event: string, payload: (head: string) => unknown])[] = [
    ['pull_request_target', (head) => ({ pull_request: { number: 7, head: { sha: head } } })],
    ['workflow_run', (head) => ({ workflow_run: { event: 'pull_request', head_sha: head } })],
    ['issue_comment', () => ({ issue: { number: 7, pull_request: {} } })],
    ['an_event_of_tomorrow', () => ({})],
  ];
  const COMMANDS = [
    ['publish'],
    ['promote'],
    ['move-pointer', 'npm:sdk@dev', '--to', '0.1.0', '--from', '0.2.0'],
    ['deprecate', 'npm:sdk@0.1.0', '--message', 'x'],
  ];
  const cases = EVENTS.flatMap((event) => COMMANDS.map((argv) => [event[0], argv, event] as const));

  test.each(cases)('%s: %j', async (_, argv, [name, payload]) => {
    const git = createGitWorld();
    const seen = join(createGitWorld().directory, 'seen');
    git.write(
      'release.config.mjs',
      `import { writeFileSync } from 'node:fs'; writeFileSync(${JSON.stringify(seen)}, '');`,
    );
    const path = join(git.directory, '.git', 'event.json');
    writeFileSync(path, JSON.stringify(payload(git.commit('a stranger’s'))));
    const env = {
      GITHUB_ACTIONS: 'true',
      GITHUB_EVENT_NAME: name,
      GITHUB_REF: 'refs/heads/main',
      GITHUB_SHA: OTHER,
      GITHUB_EVENT_PATH: path,
    };
    const { code, stderr } = await runCli(['-C', git.directory, ...argv], env);
    expect(code).toBe(2);
    expect(stderr).toContain('pull-request');
    expect(existsSync(seen)).toBe(false);
  });
});

function answered(body: object): HttpResponse {
  const [status, url] = [201, 'https://registry.example/'];
  const parts = { status, statusText: '', headers: new Headers(), url, body: new Uint8Array() };
  return { ...parts, text: () => JSON.stringify(body), json: () => body };
}
