import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { component } from '@ameide/local-registries/components';
import { onTestFinished } from 'vitest';
import { POLICY } from '../../cases/case.ts';

const REPORT = ['--policy-report', '--output-format', 'json'];

/** What `kyverno apply` prints. */
export interface Report {
  readonly results: readonly {
    readonly source: string;
    readonly result: 'pass' | 'fail' | 'error' | 'warn' | 'skip';
    readonly message: string;
    readonly resources: readonly { readonly name: string }[];
  }[];
}

/** Runs `kyverno apply`; the report has one result for each object that a policy matches. */
export async function kyvernoApply(policy: string, objects: readonly object[]): Promise<Report> {
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

/** `v1.19.1` */
export async function kyvernoVersion(): Promise<string> {
  const { stdout } = await promisify(execFile)(component('kyverno').path ?? '', ['version']);
  return /^Version: (\S+)$/m.exec(stdout)?.[1] ?? '';
}
