import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { inert, inertOutput } from '../../src/cli/plain.ts';
import { runCli } from '../support/cli.ts';
import { createGitWorld } from '../support/git-world.ts';

const release = JSON.stringify(pathToFileURL(join(import.meta.dirname, '../../src/index.ts')).href);

/** Clears the screen, turns the text around, hides a word, and begins a line of its own. */
const HOSTILE = '\u001b[2J\u001b[8m9\u202e\u200b\u0007\r\u2028\u{e0041}\u009b1m\nnpm:sdk  FORGED';
/** What a reader does not see, but our colours and line ends. */
const UNSEEN = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

/** A publisher whose registry, git host and programs answer with hostile text wherever they can. */
const CONFIG = `import { defineRelease } from ${release};
const H = ${JSON.stringify(HOSTILE)};
const coordinate = { ecosystem: 'npm', name: 'sdk', version: '0.1.0-dev.1' };
const pointer = { ecosystem: 'npm', name: 'sdk', pointer: 'dev', version: '0.1.0-dev.1' };
const problem = (code, kind) => ({ code, kind, message: 'It said ' + H, hint: 'Try ' + H, reason: H, path: H, field: H, coordinate: H, effect: 'none', rerun: 'safe' });
const told = (step) => step.emit({ publisher: 'npm:sdk', message: 'reading ' + H });
export default defineRelease({
  versionFile: 'packages/sdk/package.json',
  publishers: [{
    label: 'fake',
    open: async (source) => ({
      id: 'npm:sdk',
      visibleOn: 'promote',
      members: [],
      plan: () => ({ publisher: 'npm:sdk', registry: 'https://example.invalid/' + H, sha: source.sha, coordinates: [coordinate], pointers: [pointer] }),
      check: async (_plan, step) => { told(step); step.emit({ publisher: 'npm:sdk', message: 'note ' + H, isNote: true }); return process.env.HOSTILE_PROBLEM ? [problem('hostile-check', 'incomplete')] : []; },
      inspect: async (subject) => [{ coordinate: subject.coordinate ?? coordinate, state: process.env.HOSTILE_THERE ? 'same-source' : 'unknown', resolved: H, sha: H, digest: H, deprecated: H, problem: problem('hostile-registry', 'unknown') }],
      pointers: async () => [{ pointer, version: H, sha: H, digest: H, note: 'note ' + H }],
      build: async () => ({ problems: [problem('hostile-build', 'incomplete')] }),
      publish: async () => [],
      promote: async () => [{ pointer, outcome: 'blocked', from: H, problem: problem('hostile-move', 'incomplete') }],
      managesPointer: () => true,
      movePointer: async () => ({ pointer, outcome: 'blocked', from: H, problem: problem('hostile-move', 'incomplete') }),
      deprecate: async () => ({ outcome: 'blocked', before: H, problem: problem('hostile-mark', 'incomplete') }),
    }),
  }],
});
`;

/** A repository on a branch that git allows, and that turns what follows it around. */
function repository(): string {
  const git = createGitWorld();
  git.git('checkout', '--quiet', '-b', 'main\u202e');
  git.write('release.config.ts', CONFIG);
  git.commit('everything');
  return git.directory;
}

const COMMANDS: readonly (readonly string[])[] = [
  ['version'],
  ['plan'],
  ['publish'],
  ['trace', 'HEAD'],
  ['trace', 'npm:sdk@0.1.0-dev.1'],
  ['trace', 'npm:sdk@dev'],
  ['move-pointer', 'npm:sdk@dev', '--to', '0.1.0-dev.1'],
  ['move-pointer', 'npm:sdk@dev', '--to', '0.1.0-dev.1', '--from', '0.1.0-dev.0'],
  ['deprecate', 'npm:sdk@0.1.0-dev.1'],
  ['deprecate', 'npm:sdk@0.1.0-dev.1', '--message', HOSTILE],
  ['trace', HOSTILE],
  ['plan', '--only', HOSTILE],
  ['plan', '--config', HOSTILE],
  ['publish', '--plan', HOSTILE],
  ['publish', '--ref', HOSTILE],
  ['version', '--base', HOSTILE],
  ['version', '--stamp', HOSTILE],
  ['plan', `--${HOSTILE}`],
  [HOSTILE],
];

describe('hostile text is shown and not obeyed', () => {
  test.each(COMMANDS)('by %j', async (...argv) => {
    const directory = repository();
    for (const [there, problem] of [
      ['', ''],
      ['1', ''],
      ['', '1'],
    ] as const) {
      process.env['HOSTILE_THERE'] = there;
      process.env['HOSTILE_PROBLEM'] = problem;
      const people = await runCli(['-C', directory, ...argv]);
      const json = await runCli(['-C', directory, ...argv, '--json']);
      delete process.env['HOSTILE_THERE'];
      delete process.env['HOSTILE_PROBLEM'];
      for (const { stdout, stderr } of [people, json]) {
        const shown = (stdout + stderr).replaceAll(/\u001b\[(?:0|1|2|22|3\d|39)m/g, '');
        expect(shown).not.toBe('');
        expect(UNSEEN.exec(shown)?.[0].codePointAt(0)?.toString(16)).toBeUndefined();
        // A problem's text may have lines, which are indented.
        expect(shown).not.toMatch(/^npm:sdk {2}FORGED/m);
      }
    }
  });

  test('in JSON it stays the text that it was', async () => {
    const { stdout } = await runCli(['-C', repository(), 'plan', '--json']);
    expect(stdout).not.toMatch(UNSEEN);
    expect(JSON.parse(stdout).pointers[0].now).toBe(HOSTILE);
  });
});

test('a name is one line; a message may have several', () => {
  expect(inert({ a: ['x\ny'], message: 'x\ny\t', 'k\n': { hint: '\u202e' } })).toEqual({
    a: [String.raw`x\u000ay`],
    message: `x\ny${String.raw`\u0009`}`,
    [String.raw`k\u000a`]: { hint: String.raw`\u202e` },
  });
  expect(inertOutput('a\u{e0041}\ud800\u001b[8m')).toBe(String.raw`a\udb40\udc41\ud800\u001b[8m`);
});
