import { type RunningKubernetes, startKubernetes } from '@ameide/local-registries';
import { needs } from '@ameide/local-registries/components';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkManifests } from '../../../src/index.ts';
import { POLICY, TS } from '../../cases/case.ts';
import { CASE_OBJECTS, type CaseObject, recordText, refusalIn } from '../record.ts';
import { anyPods } from './any-pods.ts';
import { applyPolicy, podOf, untilRefused } from './apply-policy.ts';
import { bigPod, CROWD, WARNED } from './crowd.ts';

needs('kubernetes')('Kubernetes’ API server', () => {
  let kubernetes: RunningKubernetes;
  beforeAll(async () => {
    kubernetes = await startKubernetes();
    await applyPolicy(kubernetes, POLICY);
    await applyPolicy(kubernetes, CROWD);
    await applyPolicy(kubernetes, WARNED, 'warn');
    await untilRefused(kubernetes, POLICY);
    await untilRefused(kubernetes, CROWD);
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
    const { body } = await kubernetes.ask({ method: 'GET', path: '/version' });
    const version = (body as { readonly gitVersion: string }).gitVersion;
    // `--update` records them anew.
    await expect(recordText('kubernetes', { version, verdicts })).toMatchFileSnapshot(
      '../recorded/kubernetes.json',
    );
  });

  test('60 containers and 101 images of ours stay within the budget of expressions, also in an update', async () => {
    const good = { status: 201, message: '' };
    expect(await kubernetes.create(bigPod('0.1.0'))).toMatchObject(good);
    const changed = await kubernetes.apply(bigPod('0.1.0', { a: 'b' }));
    expect(changed).toMatchObject({ status: 200, message: '' });
    const { message, status } = await kubernetes.apply(bigPod('latest'));
    expect(status).toBe(403);
    expect(message).toContain('(container-0): its tag is not allowed; crowded allows X.Y.Z');
    // A message of more than 5 KiB would give way to one that says nothing.
    expect(message.endsWith('…')).toBe(true);
  });

  test('with the action warn, everything is admitted, and the warning says what deny would', async () => {
    const pod = podOf('www', `${TS}:0.1.0`, 'warned');
    await expect
      .poll(async () => kubernetes.create(pod, { dryRun: true }), { timeout: 10_000 })
      .toMatchObject({
        status: 201,
        warnings: [expect.stringMatching(/deploy-digest-required.*deploy-annotation-missing/)],
      });
  });

  test('judges other objects as check does', async () => {
    const environments = Object.keys(POLICY.environments);
    let judged = 0;
    for (const { annotations, environment, image } of anyPods(environments)) {
      const object = { ...podOf('any', image, environment) };
      const pod = { ...object, metadata: { ...object.metadata, annotations } };
      const files = [{ path: 'any.yaml', text: JSON.stringify(pod) }];
      const { problems } = checkManifests(files, { policy: POLICY, environment });
      const codes = problems.map(({ code }) => code).join(', ') || 'admitted';
      // What is no image, only check refuses.
      if (codes.startsWith('deploy-not-a-reference')) continue;
      judged += 1;
      const { message, status } = await kubernetes.create(pod, { dryRun: true });
      expect([image, annotations, status < 400 ? 'admitted' : refusalIn(message)]).toEqual([
        image,
        annotations,
        codes,
      ]);
    }
    expect(judged).toBeGreaterThan(300);
  });
});
