import {
  type KubernetesObject,
  type RunningKubernetes,
  startKubernetes,
} from '@ameide/local-registries';
import { needs } from '@ameide/local-registries/components';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createPolicy, renderAdmission } from '../../../src/index.ts';
import { objectsIn } from '../objects-in.ts';
import { applyPolicy, podOf } from './apply-policy.ts';

/** More than a release has, with names of full length. */
const IMAGES = Array.from(
  { length: 100 },
  (_, index) => `registry${index % 3}.example.com/${'team/'.repeat(20)}service-${index}`,
);
const POLICY = createPolicy({
  images: [...IMAGES, 'ghcr.io/ameideio/ameide-sdk-ts'],
  environments: { production: { digest: 'required', annotation: 'required' } },
});

function bigPod(tag: string, namespace = 'production'): KubernetesObject {
  const containers = IMAGES.slice(0, 60).map((image, index) => ({
    name: `container-${index}`,
    image: `${image}:${tag}@sha256:${'0'.repeat(64)}`,
  }));
  const annotations = { 'ameide.io/image-sha': '0'.repeat(40) };
  const metadata = { name: 'big', namespace, annotations };
  return { apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers } };
}

needs('kubernetes')('Kubernetes’ limits on policies', () => {
  let kubernetes: RunningKubernetes;
  beforeAll(async () => {
    kubernetes = await startKubernetes();
    await applyPolicy(kubernetes, POLICY);
  });
  afterAll(async () => kubernetes?.stop());

  test('60 containers and 101 images of ours stay within the budget of expressions', async () => {
    const dryRun = { dryRun: true };
    expect(await kubernetes.create(bigPod('0.1.0'), dryRun)).toMatchObject({
      status: 201,
      message: '',
    });
    const { message, status } = await kubernetes.create(bigPod('latest'), dryRun);
    expect(status).toBe(403);
    expect(message).toContain('(container-0): its tag is not allowed; production allows X.Y.Z');
    // A message of more than 5 KiB would give way to one that says nothing.
    expect(message.endsWith('…')).toBe(true);
  });

  test('with the action warn, everything is admitted, and the warning says what deny would', async () => {
    const options = { engine: 'kubernetes', environments: ['production'], action: 'warn' } as const;
    const namespace = { name: 'warned', labels: { 'ameide.io/environment': 'warned' } };
    const { environments, images, places } = POLICY;
    const { production } = environments;
    if (production === undefined) throw new Error('the policy has no production');
    const warned = { ...production, namespaceLabels: namespace.labels };
    const policy = { images, places, environments: { production: warned } };
    for (const object of [
      { apiVersion: 'v1', kind: 'Namespace', metadata: namespace },
      ...objectsIn(renderAdmission(policy, { ...options, name: 'warned' })),
    ])
      expect(await kubernetes.apply(object)).toMatchObject({ status: 201 });
    const pod = podOf('www', `${IMAGES[0]}:0.1.0`, 'warned');
    await expect
      .poll(async () => kubernetes.create(pod, { dryRun: true }), { timeout: 10_000 })
      .toMatchObject({
        status: 201,
        warnings: [expect.stringMatching(/deploy-digest-required.*deploy-annotation-missing/)],
      });
  });
});
