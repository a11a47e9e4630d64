import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { RULES } from '../../src/doctor/rules/index.ts';

const PAGE = readFileSync(new URL('../../../../docs/doctor.md', import.meta.url), 'utf8');

/** The cells of the rows that begin with the name of a rule. */
const ROWS = PAGE.split('\n')
  .filter((line) => /^\| `[a-z-]+` /.test(line))
  .map((line) =>
    line
      .replace(/^\| | \|$/g, '')
      .split(/ +\| /)
      .map((cell) => cell.trim()),
  );

test('the page has a row for each rule, with what it asks for, why, and what to do', () => {
  expect(ROWS.map((cells) => cells.slice(0, 3))).toEqual(
    RULES.map(({ name, title, why }) => [`\`${name}\``, title, why]),
  );
  for (const [, , , fix] of ROWS) expect(fix).toMatch(/.{8,}/);
});

test('rules have different names, and say what they ask for in sentences', () => {
  const names = RULES.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const { name, title, why } of RULES) {
    expect(name).toMatch(/^[a-z]+(?:-[a-z]+)+$/);
    expect(title).toMatch(/^(?:[A-Z]|publishConfig).*\.$/s);
    expect(why).toMatch(/^.*\.$/s);
  }
});
