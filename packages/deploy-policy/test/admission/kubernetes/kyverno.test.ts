import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { component, needs } from '@ameide/local-registries/components';
import { expect, onTestFinished, test } from 'vitest';
import { renderAdmission } from '../../../src/index.ts';
import { POLICY, TS } from '../../cases/case.ts';
import { CASE_OBJECTS, type CaseEngine, recordText, refusalIn } from '../record.ts';
import { podOf } from './apply-policy.ts';

const REPORT = ['--policy-report', '--output-format', 'json'];

interface Report {
  readonly results: readonly {
    readonly result: 'pass' | 'fail' | 'error' | 'warn' | 'skip';
    readonly message: string;
    readonly resources: readonly { readonly name: string }[];
  }[];
}

/** Runs `kyverno apply`; the report has one result for each object that a policy matches. */
async function apply(policy: string, objects: readonly object[]): Promise<Report> {
  const directory = await mkdtemp(join(tmpdir(), 'ameide-kyverno-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const namespaceSelector = Object.entries(POLICY.environments).map(
    ([name, { namespaceLabels }]) => ({ name, labels: namespaceLabels }),
  );
  const values = { apiVersion: 'cli.kyverno.io/v1alpha1', kind: 'Values', namespaceSelector };
  const files = {
    'policy.yaml': policy,
    'objects.yaml': objects.map((one) => JSON.stringify(one)).join('\n---\n'),
    'values.yaml': JSON.stringify(values),
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text);
  const { stdout } = await promisify(execFile)(
    component('kyverno').path ?? '',
    ['apply', 'policy.yaml', '--resource', 'objects.yaml', '-f', 'values.yaml', ...REPORT],
    { cwd: directory, maxBuffer: 64 * 1024 * 1024 },
  ).catch((error: unknown) => {
    // It ends with 1 when something is refused.
    if (error instanceof Error && 'stdout' in error) return error as { readonly stdout: string };
    throw error;
  });
  return JSON.parse(stdout.slice(stdout.indexOf('{"kind"'))) as Report;
}

/** The verdicts on the cases of one environment. */
async function verdictsIn(environment: string, engine: CaseEngine): Promise<[string, string][]> {
  const cases = CASE_OBJECTS.filter(({ one }) => one.environment === environment);
  const policy = renderAdmission(POLICY, { engine, environments: [environment] });
  const elsewhere = podOf('elsewhere', `${TS}:v1`, 'elsewhere');
  const { results } = await apply(policy, [...cases.map(({ object }) => object), elsewhere]);
  const names = results.flatMap(({ resources }) => resources.map(({ name }) => name));
  expect(names.toSorted()).toEqual(cases.map(({ object }) => object.metadata.name).toSorted());
  return cases.map(({ object, title }) => {
    const found = results.find(({ resources }) => resources[0]?.name === object.metadata.name);
    expect(found?.result).toMatch(/^(?:pass|fail)$/);
    return [title, found?.result === 'pass' ? 'admitted' : refusalIn(found?.message ?? '')];
  });
}

needs('kyverno')('kyverno’s program', () => {
  test.each(['kyverno', 'kyverno-cluster-policy'] as const)(
    'judges the cases as recorded, with the policy for %s',
    { timeout: 120_000 },
    async (engine) => {
      const verdicts = new Map<string, string>();
      for (const environment of Object.keys(POLICY.environments))
        for (const [title, verdict] of await verdictsIn(environment, engine))
          verdicts.set(title, verdict);
      const inOrder = CASE_OBJECTS.map(({ title }) => [title, verdicts.get(title) ?? ''] as const);
      // `--update` records them anew.
      await expect(recordText(engine, Object.fromEntries(inOrder))).toMatchFileSnapshot(
        `../recorded/${engine}.json`,
      );
    },
  );
});
