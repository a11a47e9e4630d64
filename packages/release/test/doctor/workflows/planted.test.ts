import { describe, expect, test } from 'vitest';
import { workflowRules } from '../../../src/doctor/workflows/index.ts';
import { ask, lineOf } from './ask.ts';
import { PLANTED } from './planted-cases.ts';

/** What a case may have besides: a foreign image is published beside ours, too. */
const ALSO: Readonly<Record<string, readonly string[]>> = {
  'image-labels': ['publish-beside'],
};

describe('a planted problem is found, and nothing else', () => {
  test.each(PLANTED)('$rule: $title', async ({ files, line, message, rule }) => {
    const findings = await ask(files);
    const [finding, ...rest] = findings.filter((one) => one.rule === rule);
    expect(findings.filter((one) => one.rule !== rule).map((one) => one.rule)).toEqual(
      ALSO[rule] ?? [],
    );
    expect(rest).toEqual([]);
    expect(finding?.message).toContain(message);
    if (finding !== undefined) expect(lineOf(finding, files)).toContain(line);
  });
});

test('every rule has a case', () => {
  const names = new Set(PLANTED.map(({ rule }) => rule));
  expect(workflowRules.map(({ name }) => name).filter((name) => !names.has(name))).toEqual([]);
});

test('what a rule says is a sentence', () => {
  for (const { name, title, why } of workflowRules) {
    expect(name).toMatch(/^[a-z]+(?:-[a-z]+)+$/);
    expect(title).toMatch(/^[A-Z].*\.$/);
    expect(why).toMatch(/^[A-Z].*\.$/);
  }
});
