import { expect, test } from 'vitest';
import { checkManifests } from '../../src/index.ts';
import { POLICY } from './case.ts';
import { manifestOf } from './manifest.ts';
import { CASES, titleOf } from './table.ts';
import { TEXT_CASES } from './text-cases.ts';

function codes(environment: string, path: string, text: string): readonly string[] {
  const { problems } = checkManifests([{ path, text }], { policy: POLICY, environment });
  return problems.map(({ code }) => code);
}

test.each(CASES.map((one) => [titleOf(one), one] as const))('check: %s', (_, one) => {
  // JSON is YAML.
  const text = JSON.stringify(manifestOf(one, 'www'));
  expect(codes(one.environment, 'www.yaml', text)).toEqual(one.codes);
});

test.each(TEXT_CASES)(
  'check: $title, expects $codes',
  ({ environment, path, text, codes: wanted }) => {
    expect(codes(environment, path, text)).toEqual(wanted);
  },
);

test('no case is there twice, and every environment refuses something and allows something', () => {
  const titles = CASES.map(titleOf);
  expect(titles.filter((title, index) => titles.indexOf(title) !== index)).toEqual([]);
  expect(CASES.length + TEXT_CASES.length).toBeGreaterThan(150);
  for (const environment of Object.keys(POLICY.environments)) {
    const verdicts = CASES.filter((one) => one.environment === environment).map(
      (one) => one.codes.length > 0,
    );
    expect(new Set(verdicts)).toEqual(new Set([true, false]));
  }
});
