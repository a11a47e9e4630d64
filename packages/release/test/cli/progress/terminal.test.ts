import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { needs } from '@ameide/local-registries/components';
import { expect, test } from 'vitest';
import { gatedRelease } from '../../support/gated-release.ts';
import { createGitWorld } from '../../support/git-world.ts';
import { runInTerminal } from '../../support/pseudo-terminal.ts';

const NPM = 'npm:@example/s\u00fc\u00df-\u4e16\u754c';
const GO = 'go:github.com/example/sdk';
const IDS = [NPM, GO];
const OPEN_ALL = IDS.flatMap((id) => [`build ${id}`, `publish ${id}`]);

function line(lines: readonly string[], part: string): string {
  return lines.find((one) => one.includes(part)) ?? '';
}

needs('python')('in a real pseudo-terminal', () => {
  test('one live line for each artifact says what it does and what waits for what; the result is alone at the end', async () => {
    const release = gatedRelease(IDS);
    const terminal = runInTerminal(['-C', release.directory, 'publish'], { columns: 120 });
    const built = await terminal.until(
      (lines) => line(lines, NPM).includes('compiling') && line(lines, GO).includes('compiling'),
    );
    // The emulator takes a wide character for two columns.
    expect(line(built, NPM)).toMatch(
      /^\u25cf npm:@example\/s\u00fc\u00df-\u4e16\u754c +build +compiling/,
    );
    expect(line(built, 'publish  dev')).toContain('build');
    release.open(`build ${NPM}`);
    const waiting = await terminal.until((lines) => line(lines, '\u2714').includes('waits for'));
    expect(line(waiting, NPM)).toMatch(
      /\u2714 .* build .*built {2}\(waits for go:github.com\/example\/sdk\)$/,
    );
    release.open(`build ${GO}`);
    const order = await terminal.until((lines) =>
      lines.some((one) => one.startsWith('\u25cc go:')),
    );
    expect(line(order, '\u25cc')).toContain(`waits for ${NPM}: it is visible as soon as`);
    for (const gate of OPEN_ALL) release.open(gate);
    expect(await terminal.ended).toBe(0);
    const left = terminal.lines();
    // No live line is left, and nothing is mixed with the table.
    expect(left[0]).toMatch(/^dev {2}[0-9a-f]{40}/);
    expect(left.filter((one) => one.includes(GO))).toHaveLength(1);
    expect(left.at(-1)).toBe('2 published; all read back.');
    expect(left.join('\n')).not.toMatch(/compiling|waits for/);
    expect(terminal.bytes()).not.toContain('\u001b[?25l');
  });

  test('a narrow terminal cuts lines and never wraps; a change of size is obeyed', async () => {
    const release = gatedRelease(IDS);
    const terminal = runInTerminal(['-C', release.directory, 'publish'], { columns: 30, rows: 10 });
    const narrow = await terminal.until((lines) => line(lines, 'npm:').includes('build'));
    expect(narrow).toHaveLength(3);
    expect(narrow.filter((one) => one.endsWith('\u2026'))).toHaveLength(3);
    terminal.resize(100, 10);
    const wide = await terminal.until((lines) => line(lines, NPM).includes(`compiling ${NPM}`));
    expect(wide).toHaveLength(3);
    for (const gate of OPEN_ALL) release.open(gate);
    expect(await terminal.ended).toBe(0);
  });

  test('Ctrl-C says that it stops, then what is left behind, and leaves a clean terminal', async () => {
    const release = gatedRelease(IDS);
    const terminal = runInTerminal(['-C', release.directory, 'publish'], { columns: 120 });
    await terminal.until((lines) => line(lines, NPM).includes('compiling'));
    release.open(`build ${NPM}`);
    release.open(`build ${GO}`);
    await terminal.until((lines) => /\u25cf npm.*publish/.test(line(lines, NPM)));
    terminal.type('\u0003');
    expect(await terminal.ended).toBe(3);
    const left = terminal.lines();
    expect(terminal.bytes()).toContain('stopping');
    expect(left.join('\n')).toContain('after it began to publish versions; no pointer was moved');
    expect(left.join('\n')).not.toMatch(/\u25cf|\u25cc|stopping|\^C/);
    expect(terminal.cursor().x).toBe(0);
    // Nothing that a killed program would have had to undo.
    expect(terminal.bytes()).not.toMatch(/\u001b\[\?(?:25l|1049h|7l)/);
  });

  test('with --json the result goes to its file alone, and the last lines stay', async () => {
    const release = gatedRelease(IDS);
    for (const gate of OPEN_ALL) release.open(gate);
    const file = join(createGitWorld().directory, 'report.json');
    const terminal = runInTerminal(['-C', release.directory, 'publish', '--json'], {
      stdoutTo: file,
    });
    expect(await terminal.ended).toBe(0);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ exitCode: 0 });
    expect(terminal.lines()).toHaveLength(3);
    expect(line(terminal.lines(), NPM)).toContain('\u2714');
  });

  test('--verbose prints requests and programs above the live lines', async () => {
    const release = gatedRelease(IDS);
    const terminal = runInTerminal(['-C', release.directory, 'plan', '--verbose'], {
      columns: 200,
    });
    expect(await terminal.ended).toBe(0);
    const programs = terminal.lines().filter((one) => / git .*exit code \d, \d+ ms$/.test(one));
    expect(programs.length).toBeGreaterThan(0);
    expect(terminal.lines().at(-1)).toContain('to publish');
  });

  test.each([
    ['CI', { CI: 'true' }],
    ['a dumb terminal', { TERM: 'dumb' }],
  ])('%s gets plain lines, without moving the cursor', async (_name, env) => {
    const release = gatedRelease(IDS);
    for (const gate of OPEN_ALL) release.open(gate);
    const terminal = runInTerminal(['-C', release.directory, 'publish'], { env });
    expect(await terminal.ended).toBe(0);
    expect(terminal.lines()).toContain(`build   ${NPM}  compiling ${NPM}`);
    expect(terminal.bytes().replaceAll(/\u001b\[\d+m/g, '')).not.toContain('\u001b');
  });

  test('NO_COLOR: live lines without colours', async () => {
    const release = gatedRelease(IDS);
    for (const gate of OPEN_ALL) release.open(gate);
    const terminal = runInTerminal(['-C', release.directory, 'publish'], {
      env: { NO_COLOR: '1' },
    });
    expect(await terminal.ended).toBe(0);
    expect(terminal.bytes()).toContain('\u001b[2K');
    expect(terminal.bytes()).not.toMatch(/\u001b\[[\d;]*m/);
  });
});
