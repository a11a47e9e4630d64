import { type RunningKubernetes, startKubernetes } from '@ameide/local-registries';
import { needs } from '@ameide/local-registries/components';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CASE_OBJECTS, type CaseObject, recordText, refusalIn } from '../record.ts';
import { applyPolicy } from './apply-policy.ts';

needs('kubernetes')('Kubernetes’ API server', () => {
  let kubernetes: RunningKubernetes;
  beforeAll(async () => {
    kubernetes = await startKubernetes();
    await applyPolicy(kubernetes);
  });
  afterAll(async () => kubernetes?.stop());

  async function verdictOf({ object, one }: CaseObject): Promise<string> {
    const dryRun = { dryRun: true };
    const spec = object['spec'] as { readonly ephemeralContainers?: readonly object[] };
    const { ephemeralContainers, ...others } = spec ?? {};
    if (one.place !== 'ephemeral container' || ephemeralContainers === undefined) {
      const { message, status } = await kubernetes.create(object, dryRun);
      return status < 400 ? 'admitted' : refusalIn(message);
    }
    const pod = { ...object, spec: others };
    expect(await kubernetes.create(pod)).toMatchObject({ status: 201 });
    const { message, status } = await kubernetes.debug(pod, ephemeralContainers, dryRun);
    return status < 400 ? 'admitted' : refusalIn(message);
  }

  test('judges the cases as recorded', { timeout: 120_000 }, async () => {
    const verdicts: Record<string, string> = {};
    for (const one of CASE_OBJECTS) verdicts[one.title] = await verdictOf(one);
    // `--update` records them anew.
    await expect(recordText('kubernetes', verdicts)).toMatchFileSnapshot(
      '../recorded/kubernetes.json',
    );
  });
});
