import { needs } from '@ameide/local-registries/components';
import { expect, test } from 'vitest';
import { renderAdmission } from '../../../src/index.ts';
import { POLICY, TS } from '../../cases/case.ts';
import { CASE_OBJECTS, type CaseEngine, recordText, refusalIn } from '../record.ts';
import { podOf } from './apply-policy.ts';
import { kyvernoApply, kyvernoVersion } from './kyverno-apply.ts';

/** The verdicts on the cases of some environments. */
async function verdictsIn(
  environments: readonly string[],
  engine: CaseEngine,
): Promise<readonly (readonly [title: string, verdict: string])[]> {
  const cases = CASE_OBJECTS.filter(({ one }) => environments.includes(one.environment));
  const policy = renderAdmission(POLICY, { engine, environments });
  const elsewhere = podOf('elsewhere', `${TS}:v1`, 'elsewhere');
  const { results } = await kyvernoApply(policy, [...cases.map(({ object }) => object), elsewhere]);
  const names = results.flatMap(({ resources }) => resources.map(({ name }) => name));
  expect(names.toSorted()).toEqual(cases.map(({ object }) => object.metadata.name).toSorted());
  const byName = new Map(results.map((one) => [one.resources[0]?.name, one]));
  return cases.map(({ object, title }) => {
    const { message = '', result } = byName.get(object.metadata.name) ?? {};
    expect(result).toMatch(/^(?:pass|fail)$/);
    return [title, result === 'pass' ? 'admitted' : refusalIn(message)];
  });
}

/** Each ValidatingPolicy is evaluated for each object, also where it does not hold: one by one is faster. */
const RUNS = {
  kyverno: Object.keys(POLICY.environments).map((name) => [name]),
  'kyverno-cluster-policy': [Object.keys(POLICY.environments)],
} as const;

needs('kyverno')('kyverno’s program', () => {
  test.each(['kyverno', 'kyverno-cluster-policy'] as const)(
    'judges the cases as recorded, with the policy for %s',
    { timeout: 120_000 },
    async (engine) => {
      const verdicts = new Map<string, string>();
      for (const environments of RUNS[engine])
        for (const [title, verdict] of await verdictsIn(environments, engine))
          verdicts.set(title, verdict);
      const inOrder = CASE_OBJECTS.map(({ title }) => [title, verdicts.get(title) ?? ''] as const);
      // `--update` records them anew.
      const record = { version: await kyvernoVersion(), verdicts: Object.fromEntries(inOrder) };
      await expect(recordText(engine, record)).toMatchFileSnapshot(`../recorded/${engine}.json`);
    },
  );
});
