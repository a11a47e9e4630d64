import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { CASE_OBJECTS, ENGINES, subjectOf, type VerdictRecord } from './record.ts';

/** Rules that admission does not have: what is no image, it refuses or leaves to the container runtime. */
const UNREADABLE = new Set(['deploy-not-a-reference', 'deploy-template', 'deploy-variable']);

describe.each(ENGINES)('what %s said of the cases', (engine) => {
  const file = new URL(`recorded/${engine}.json`, import.meta.url);
  const record = JSON.parse(readFileSync(file, 'utf8')) as VerdictRecord;

  test('is of this policy and these cases; otherwise run: npx -y pnpm@12 test:kubernetes --update', () => {
    const { objects, policy } = record;
    expect({ objects, policy }).toEqual(subjectOf(engine));
  });

  test('is what check says', () => {
    const judged = CASE_OBJECTS.filter(({ one }) => one.checkOnly !== true);
    const wanted = judged.map(({ one, title }) => {
      if (one.codes.some((code) => UNREADABLE.has(code))) return [title, 'refused'];
      return [title, one.codes.join(', ') || 'admitted'];
    });
    const said = judged.map(({ one, title }) => {
      const verdict = record.verdicts[title];
      const isUnreadable = one.codes.some((code) => UNREADABLE.has(code));
      return [title, isUnreadable && verdict !== 'admitted' ? 'refused' : verdict];
    });
    expect(judged.length).toBeGreaterThan(150);
    expect(Object.fromEntries(said)).toEqual(Object.fromEntries(wanted));
  });
});
