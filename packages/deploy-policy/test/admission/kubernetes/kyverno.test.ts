import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { component, needs } from '@ameide/local-registries/components';
import { expect, onTestFinished, test } from 'vitest';
import { POLICY } from '../../cases/case.ts';
import { CASE_OBJECTS, type CaseEngine, policyText, recordText, refusalIn } from '../record.ts';

interface Report {
  readonly results: readonly {
    readonly result: 'pass' | 'fail' | 'error' | 'warn' | 'skip';
    readonly message: string;
    readonly resources: readonly { readonly name: string }[];
  }[];
}

/** Runs `kyverno apply` on all cases at once; the report has one result for each object that a policy matches. */
async function apply(engine: CaseEngine): Promise<Report> {
  const directory = await mkdtemp(join(tmpdir(), 'ameide-kyverno-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const file = (name: string): string => join(directory, name);
  const objects = CASE_OBJECTS.map(({ object }) => JSON.stringify(object));
  const namespaceSelector = Object.entries(POLICY.environments).map(
    ([name, { namespaceLabels }]) => ({ name, labels: namespaceLabels }),
  );
  const values = { apiVersion: 'cli.kyverno.io/v1alpha1', kind: 'Values', namespaceSelector };
  await writeFile(file('policy.yaml'), policyText(engine));
  await writeFile(file('objects.yaml'), objects.join('\n---\n'));
  await writeFile(file('values.yaml'), JSON.stringify(values));
  const args = ['apply', 'policy.yaml', '--resource', 'objects.yaml', '-f', 'values.yaml'];
  const report = ['--policy-report', '--output-format', 'json'];
  const { stdout } = await promisify(execFile)(
    component('kyverno').path ?? '',
    [...args, ...report],
    { cwd: directory, maxBuffer: 64 * 1024 * 1024 },
  ).catch((error: unknown) => {
    // It ends with 1 when something is refused.
    if (error instanceof Error && 'stdout' in error) return error as { readonly stdout: string };
    throw error;
  });
  return JSON.parse(stdout.slice(stdout.indexOf('{"kind"'))) as Report;
}

needs('kyverno')('kyverno’s program', () => {
  test.each(['kyverno', 'kyverno-cluster-policy'] as const)(
    'judges the cases as recorded, with the policy for %s',
    { timeout: 120_000 },
    async (engine) => {
      const { results } = await apply(engine);
      expect(results.filter(({ result }) => result !== 'pass' && result !== 'fail')).toEqual([]);
      const byName = new Map(results.map((one) => [one.resources[0]?.name, one]));
      expect(results.length).toBe(CASE_OBJECTS.length);
      const verdicts = CASE_OBJECTS.map(({ object, title }) => {
        const found = byName.get(object.metadata.name);
        return [title, found?.result === 'pass' ? 'admitted' : refusalIn(found?.message ?? '')];
      });
      // `--update` records them anew.
      await expect(recordText(engine, Object.fromEntries(verdicts))).toMatchFileSnapshot(
        `../recorded/${engine}.json`,
      );
    },
  );
});
