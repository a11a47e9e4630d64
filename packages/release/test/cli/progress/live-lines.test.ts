import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { chooseMode } from '../../../src/cli/progress/choose-mode.ts';
import { liveLines } from '../../../src/cli/progress/live-lines.ts';
import { initialState, type LiveState, nextState } from '../../../src/cli/progress/live-state.ts';
import { createEmitter } from '../../../src/run/emitter.ts';
import type { EventDetail } from '../../../src/run/events.ts';
import { createFakeClock } from '../../fake-publisher.ts';

const LONG = `npm:@example/${'long-name-'.repeat(12)}`;

/** The state after these events, one second after the other. */
function stateAfter(details: readonly EventDetail[]): LiveState {
  let state = initialState(0);
  let now = 0;
  const emitter = createEmitter({
    clock: createFakeClock(),
    env: {},
    onEvent: (event) => (state = nextState(state, event, now)),
  });
  for (const detail of details) {
    now += 1000;
    void emitter.emit(detail);
  }
  return state;
}

function started(ids: readonly string[]): EventDetail {
  const artifacts = ids.map((publisher) => ({ publisher, registry: 'r' }));
  return {
    type: 'run-started',
    command: 'publish',
    channel: 'dev',
    sha: 'a'.repeat(40),
    artifacts,
  };
}

function step(
  publisher: string,
  type: 'step-started' | 'step-ended' = 'step-started',
): EventDetail {
  const of = { phase: 'build', publisher, step: 'build' } as const;
  return type === 'step-started' ? { type, ...of } : { type, ...of, outcome: 'done', ms: 1 };
}

function show(state: LiveState, more: Partial<Parameters<typeof liveLines>[1]> = {}): string[] {
  const safe = (text: string): string => text;
  return liveLines(state, {
    columns: 100,
    rows: 24,
    now: 60_000,
    safe,
    unicode: true,
    ...more,
  }).map((line) => stripVTControlCharacters(line));
}

describe('the live lines', () => {
  test('say how long each artifact takes, what it does, and what one that is ready waits for', () => {
    const state = stateAfter([
      started(['npm:a', 'pypi:b', 'go:c']),
      { type: 'phase-started', phase: 'build' },
      step('npm:a'),
      step('pypi:b'),
      step('pypi:b', 'step-ended'),
      { type: 'progress', phase: 'build', publisher: 'npm:a', text: 'tsc' },
      {
        type: 'waiting',
        phase: 'build',
        publisher: 'go:c',
        for: ['npm:a'],
        why: 'it needs the checksums of its build',
      },
    ]);
    expect(show(state)).toEqual([
      `publish  dev  ${'a'.repeat(12)}  build  58 s`,
      '\u25cf npm:a   build       57 s  tsc',
      '\u2714 pypi:b  build        1 s  build  (waits for npm:a)',
      '\u25cc go:c    build       53 s  waits for npm:a: it needs the checksums of its build',
    ]);
    expect(show(state, { unicode: false }).map((line) => line[0])).toEqual(['p', '*', '+', '.']);
  });

  test.each([20, 30, 79, 80, 200])('are shorter than %i columns, whatever they say', (columns) => {
    const ids = [LONG, `pypi:${'\u4e16\u754c'.repeat(60)}`, 'oci:ghcr.io/e\u0301'];
    const state = stateAfter([
      started(ids),
      ...ids.map((id) => step(id)),
      ...ids.map(
        (publisher): EventDetail => ({
          type: 'progress',
          phase: 'build',
          publisher,
          text: '\ud83d\udc69\u200d\ud83d\udcbb \u4e16\u754c '.repeat(40),
        }),
      ),
    ]);
    const lines = show(state, { columns });
    expect(lines).toHaveLength(4);
    for (const line of lines) expect(stringWidth(line)).toBeLessThan(columns);
    for (const line of lines.slice(1)) expect(line.endsWith('\u2026')).toBe(true);
  });

  test('fit into the height: what runs comes first, the rest is a number', () => {
    const ids = Array.from({ length: 40 }, (_, at) => `npm:p${at}`);
    const state = stateAfter([
      started(ids),
      ...ids.map((id) => step(id)),
      ...ids.slice(0, 38).map((id) => step(id, 'step-ended')),
    ]);
    const lines = show(state, { rows: 10 });
    expect(lines).toHaveLength(9);
    expect(lines[1]).toContain('npm:p38');
    expect(lines[2]).toContain('npm:p39');
    expect(lines.at(-1)).toBe('  and 33 more');
  });

  test('a problem stays visible through the rest of its phase', () => {
    const state = stateAfter([
      started(['npm:a']),
      { type: 'step-started', phase: 'check', publisher: 'npm:a', step: 'check' },
      { type: 'step-started', phase: 'check', publisher: 'npm:a', step: 'inspect' },
      {
        type: 'step-ended',
        phase: 'check',
        publisher: 'npm:a',
        step: 'check',
        outcome: 'problems',
        ms: 1,
      },
      {
        type: 'step-ended',
        phase: 'check',
        publisher: 'npm:a',
        step: 'inspect',
        outcome: 'done',
        ms: 1,
      },
    ]);
    expect(show(state)[1]).toMatch(/^\u2716 npm:a/);
  });
});

describe('how progress is shown', () => {
  const terminal = (columns: number) => ({
    columns,
    rows: 24,
    write: () => undefined,
    setArea: () => undefined,
    onResize: () => () => undefined,
  });

  test.each([
    ['a terminal', {}, 80, {}, 'live'],
    ['no terminal', {}, undefined, {}, 'plain'],
    ['CI with a pseudo-terminal', { CI: 'true' }, 80, {}, 'plain'],
    ['CI=1', { CI: '1' }, 80, {}, 'plain'],
    ['CI=false', { CI: 'false' }, 80, {}, 'live'],
    ['GitHub Actions', { GITHUB_ACTIONS: 'true' }, 80, {}, 'plain'],
    ['a pseudo-terminal of no width', {}, 0, {}, 'plain'],
    ['a very narrow terminal', {}, 19, {}, 'plain'],
    ['TERM=dumb', { TERM: 'dumb' }, 80, {}, 'plain'],
    ['--progress live in CI', { CI: 'true' }, 80, { progress: 'live' }, 'live'],
    ['--progress plain', {}, 80, { progress: 'plain' }, 'plain'],
    ['--progress none', {}, 80, { progress: 'none' }, 'none'],
    ['--quiet', {}, 80, { quiet: true }, 'none'],
  ] as const)('%s', (_name, env, columns, args, mode) => {
    const screen = columns === undefined ? {} : { terminal: terminal(columns) };
    expect(chooseMode({ env, ...screen }, args)).toBe(mode);
  });
});
