import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { EngineEvent } from '../../../src/run/events.ts';
import { traceCommit } from '../../../src/trace/trace.ts';
import { createFakeClock, createFakeWorld, fake } from '../../fake-publisher.ts';
import { expectValid, isClosed, isOpen, published } from '../../support/event-schema.ts';
import { createGitWorld, VERSION_FILE } from '../../support/git-world.ts';
import { plan, problem, publish } from '../../support/run.ts';

const root = join(import.meta.dirname, '../../..');

function short(event: EngineEvent): string {
  const { message, type } = event;
  const of = 'publisher' in event ? ` ${event.publisher}` : '';
  return `${type}${of}: ${message}`;
}

describe('the events of a release', () => {
  test('are valid, in order, with times of the clock: every phase, step, wait, artifact and pointer', async () => {
    const world = createFakeWorld();
    const events: EngineEvent[] = [];
    const git = createGitWorld();
    const report = await publish(
      [
        fake(world, 'a', {
          override: (real) => ({
            build: async (p, step) => {
              step.emit({ publisher: 'npm:a', message: 'compiling' });
              step.emit({ publisher: 'npm:a', message: 'old compiler', isNote: true });
              return real.build(p, step);
            },
          }),
        }),
        fake(world, 'b', { visibleOn: 'publish' }),
      ],
      {
        git,
        clock: createFakeClock(),
        env: { CI_PIPELINE_ID: '77' },
        onEvent: (event) => events.push(event),
      },
    );
    expect(report.exitCode).toBe(0);
    expectValid(events);
    expect(new Set(events.map(({ runId, time }) => `${runId} ${time}`))).toEqual(
      new Set(['77 2026-01-01T00:00:00.000Z']),
    );
    const phases = events.flatMap((event) =>
      event.type === 'phase-ended' ? [`${event.phase} ${event.outcome}`] : [],
    );
    expect(phases).toEqual([
      'open done',
      'validate done',
      'check done',
      'prepare done',
      'validate done',
      'build done',
      'compare done',
      'search done',
      'publish done',
      'verify done',
      'promote done',
    ]);
    const reported = events.filter(
      ({ type }) => !/^(?:phase|step)-|^(?:program|request)$/.test(type),
    );
    expect(reported.map(short)).toEqual([
      `run-started: publish of dev ${report.release.sha.slice(0, 12)}: 2 artifacts`,
      'progress npm:a: asking memory://registry',
      'progress npm:b: asking memory://registry',
      'artifact npm:a: not published yet',
      'artifact npm:b: not published yet',
      'progress: checking the commit out into a private folder',
      'progress npm:a: building',
      'progress npm:b: building',
      'progress npm:a: compiling',
      'note npm:a: old compiler',
      'artifact npm:a: built',
      'artifact npm:b: built',
      'waiting npm:b: waits for npm:a: it is visible as soon as it is published, so it is published last',
      'progress npm:a: publishing to memory://registry',
      'artifact npm:a: published',
      'progress npm:b: publishing to memory://registry',
      'artifact npm:b: published',
      'progress npm:a: reading back',
      'progress npm:b: reading back',
      'pointer npm:a: moved dev',
      'pointer npm:b: moved dev',
      'run-ended: converged, exit code 0',
    ]);
    // Every step that begins ends.
    const steps = events.filter(({ type }) => type.startsWith('step-'));
    expect(steps.filter(({ type }) => type === 'step-ended')).toHaveLength(steps.length / 2);
  });

  test('a step with a problem and a phase with one say so; a listener that throws stops nothing', async () => {
    const events: EngineEvent[] = [];
    const failing = fake(createFakeWorld(), 'a', {
      override: () => ({ check: async () => [problem('authentication')] }),
    });
    const report = await plan([failing], {
      onEvent: (event) => {
        events.push(event);
        throw new Error('a broken listener');
      },
    });
    expect(report.exitCode).toBe(6);
    expectValid(events);
    const ended = events.flatMap((event) =>
      event.type === 'step-ended' && event.outcome !== 'done'
        ? [`${event.step} ${event.outcome}`]
        : [],
    );
    expect(ended).toEqual(['check problems']);
    expect(events.at(-1)).toMatchObject({
      message: 'unauthenticated, exit code 6',
      problems: ['test-authentication'],
    });
  });

  test('a call that throws ends its phase, and has no end of the run', async () => {
    const events: EngineEvent[] = [];
    const run = plan([fake(createFakeWorld(), 'a')], {
      revision: 'no-such-commit',
      onEvent: (event) => events.push(event),
    });
    await expect(run).rejects.toThrow('no-such-commit');
    expectValid(events);
    expect(events.at(-1)).toMatchObject({ type: 'phase-ended', phase: 'open', outcome: 'failed' });
  });

  test('a trace has events, too', async () => {
    const events: EngineEvent[] = [];
    const git = createGitWorld();
    const publishers = [fake(createFakeWorld(), 'a')];
    await traceCommit('HEAD', {
      repository: await git.open(),
      definition: { versionFile: VERSION_FILE, publishers },
      onEvent: (event) => events.push(event),
    });
    expectValid(events);
    expect(events[0]).toMatchObject({ type: 'run-started', command: 'trace' });
    expect(events.at(-1)).toMatchObject({ type: 'run-ended', problems: [] });
  });
});

describe('the published schema', () => {
  const event = {
    schema: 'ameide-release/event/1',
    sequence: 1,
    time: '2026-01-01T00:00:00.000Z',
    message: 'build started',
    type: 'phase-started',
    phase: 'build',
  };

  test('allows later members and types, and refuses what is no event', () => {
    expect(isOpen({ ...event, later: 1 })).toBe(true);
    expect(isClosed({ ...event, later: 1 })).toBe(false);
    expect(isOpen({ ...event, type: 'later' })).toBe(true);
    expect(isClosed({ ...event, type: 'later' })).toBe(false);
    expect(isOpen({ ...event, phase: undefined })).toBe(false);
    expect(isOpen({ ...event, sequence: 0 })).toBe(false);
    expect(isOpen({ ...event, time: 'now' })).toBe(false);
    expect(JSON.stringify(published)).not.toContain('additionalProperties');
  });

  test('is part of the package', () => {
    const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    const path = './schemas/*.json';
    expect(manifest.files).toContain('schemas');
    expect([manifest.exports[path], manifest.publishConfig.exports[path]]).toEqual([path, path]);
  });
});
