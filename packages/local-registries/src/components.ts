import * as vitest from 'vitest';
import type { ComponentName } from './component.ts';
import { component } from './component-detection.ts';

export type { Component, ComponentName } from './component.ts';
export { COMPONENT_NAMES, component } from './component-detection.ts';

/** The return type of `needs`: `describe`, without its options. */
export type Suite = (title: string, define: () => void) => void;

/**
 * Returns a `describe` for tests that need components of the machine. If all exist, it is plain
 * `describe`; otherwise it skips the suite, whose title says what is missing and how to install it.
 * With `CI=true` a missing component makes a failing test instead, because a CI that silently skips
 * its real servers proves nothing; a large component (`isOptional`) is still skipped.
 * @example const suite = needs('go', 'git'); suite('the go command resolves our tags', () => { …
 * });
 */
export function needs(...names: readonly ComponentName[]): Suite {
  const missing = names.filter((name) => !component(name).available);
  const mustBeThere =
    process.env['CI'] === 'true' && missing.some((name) => !component(name).isOptional);
  const reason = missing.map((name) => `needs ${name}: ${component(name).install}`).join('; ');
  return (title, define) => {
    if (missing.length === 0) vitest.describe(title, define);
    else if (mustBeThere) vitest.describe(title, () => failingTest(reason));
    // oxlint-disable-next-line vitest/no-disabled-tests -- a skip that names its reason and its remedy is this function's purpose
    else vitest.describe.skip(`${title} (${reason})`, define);
  };
}

function failingTest(reason: string): void {
  vitest.test('has every component it needs', () => {
    throw new Error(reason);
  });
}
