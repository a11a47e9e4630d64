import { expect, test } from 'vitest';
import { needs } from '../src/components.ts';

// Not a test file by its name: needs.test.ts runs it in a vitest of its own, on a PATH without
// crane.
const suite = needs('crane');
suite('a suite', () => {
  test('that runs', () => expect(1).toBe(1));
});
