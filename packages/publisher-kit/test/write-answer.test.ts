import { problem } from '@ameide/versioning-core';
import { describe, expect, test } from 'vitest';
import { errorAnswer, type HttpError, outcomeUnknown, statusAnswer } from '../src/index.ts';

const why = problem({
  code: 'npm-x',
  kind: 'incomplete',
  message: 'It failed.',
  coordinate: 'npm:a@1.0.0',
});

describe('what an HTTP status means for a write', () => {
  // Sources: RFC 9110 section 15, RFC 6585, RFC 8470; npm/cli#7376 for 409. See http/status.ts.
  test.each<[readonly number[], string, boolean]>([
    [[200, 201, 202, 204], 'accepted', false],
    [[401, 403, 407], 'not-processed', false],
    [[301, 304, 307, 400, 402, 404, 405, 410, 412, 413, 415, 422, 451], 'denied', false],
    [[425, 429, 503], 'denied', true],
    [[501, 505], 'denied', false],
    [[408, 409, 500, 502, 504, 507, 508, 520, 522, 524, 599], 'doubtful', true],
  ])('%j: %s, again %s', (statuses, state, again) => {
    for (const status of statuses) {
      const answer = statusAnswer({ status }, () => 'why');
      expect(answer, String(status)).toEqual(
        state === 'accepted' ? { state } : { state, again, reason: 'why' },
      );
    }
  });

  test('a registry may differ from it, in part', () => {
    const exceptions = { 403: { state: 'denied' }, 409: { again: false } } as const;
    const of = (status: number) => statusAnswer({ status }, () => 'why', exceptions);
    expect(of(403)).toMatchObject({ state: 'denied', again: false });
    expect(of(409)).toMatchObject({ state: 'doubtful', again: false });
    expect(of(503)).toMatchObject({ state: 'denied', again: true });
  });

  test('Retry-After is read, in seconds; nonsense is none', () => {
    const of = (value: string) =>
      statusAnswer({ status: 429, headers: new Headers({ 'retry-after': value }) }, () => 'why');
    expect(of('4')).toMatchObject({ afterMs: 4000 });
    expect(of('soon')).not.toMatchObject({ afterMs: expect.any(Number) });
  });
});

describe('what it means for a write that there is no answer', () => {
  test.each<[HttpError['kind'], string, boolean]>([
    ['refused', 'not-processed', true],
    ['insecure', 'not-processed', false],
    ['internal', 'not-processed', false],
    ['redirect', 'not-processed', false],
    ['network', 'doubtful', true],
    ['timeout', 'doubtful', true],
    ['malformed', 'doubtful', true],
    ['too-large', 'doubtful', false],
  ])('%s: %s, again %s', (kind, state, again) => {
    expect(errorAnswer(kind, why)).toEqual({ state, again, reason: why });
  });

  test('what was never sent is tried again when its problem says that it may pass', () => {
    expect(errorAnswer(undefined, why)).toEqual({
      state: 'not-processed',
      again: true,
      reason: why,
    });
    const final = problem({ ...why, kind: 'authentication', rerun: undefined });
    expect(errorAnswer(undefined, final)).toMatchObject({ state: 'not-processed', again: false });
  });
});

describe('a write that may have landed is a problem that', () => {
  const unread = problem({ code: 'npm-network', kind: 'incomplete', message: 'No answer.' });

  test('says that it is not shown', () => {
    expect(outcomeUnknown('npm', why)).toMatchObject({
      code: 'npm-outcome-unknown',
      kind: 'unknown',
      effect: 'unknown',
      rerun: 'safe',
      coordinate: 'npm:a@1.0.0',
      message: 'It failed. The registry does not show it, but may have stored it.',
      cause: why,
    });
  });

  test('says that nobody can look', () => {
    expect(outcomeUnknown('npm', why, unread)).toMatchObject({
      message: 'It failed. The registry cannot be read, so we do not know whether it was stored.',
      cause: unread,
    });
  });
});
