import {
  type KubernetesAnswer,
  type KubernetesObject,
  type RunningKubernetes,
  startKubernetes,
} from '@ameide/local-registries';
import { needs } from '@ameide/local-registries/components';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { OTHER_SHA, POLICY, SHA, TS } from '../../cases/case.ts';
import { applyPolicy, podOf, untilRefused } from './apply-policy.ts';

const REFUSED = { status: 403, message: expect.stringContaining('[deploy-tag-not-allowed]') };
const ADMITTED = { status: 200, message: '' };

function deploymentOf(name: string, image: string): KubernetesObject {
  const { metadata, spec } = podOf(name, image);
  const labels = { app: name };
  const template = { metadata: { labels }, spec };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata,
    spec: { replicas: 1, selector: { matchLabels: labels }, template },
  };
}

needs('kubernetes')('an update of what is older than the policy', () => {
  let kubernetes: RunningKubernetes;
  beforeAll(async () => {
    kubernetes = await startKubernetes();
    const metadata = { name: 'production', labels: { 'ameide.io/environment': 'production' } };
    for (const object of [
      { apiVersion: 'v1', kind: 'Namespace', metadata },
      withFinalizer(podOf('old', `${TS}:dev`)),
      withFinalizer(deploymentOf('old', `${TS}:dev`)),
    ])
      expect(await kubernetes.create(object)).toMatchObject({ status: 201 });
    const { images, environments, places } = POLICY;
    const { production } = environments;
    if (production === undefined) throw new Error('the policy has no production');
    const policy = { images, environments: { production }, places };
    await applyPolicy(kubernetes, policy);
    await untilRefused(kubernetes, policy);
  });
  afterAll(async () => kubernetes?.stop());

  const POD = '/api/v1/namespaces/production/pods/old';
  const DEPLOYMENT = '/apis/apps/v1/namespaces/production/deployments/old';

  async function patch(path: string, body: object): Promise<KubernetesAnswer> {
    const contentType = 'application/strategic-merge-patch+json';
    return kubernetes.ask({ method: 'PATCH', path: `${path}?dryRun=All`, body, contentType });
  }
  const image = (tag: string): object => ({
    spec: { containers: [{ name: 'www', image: `${TS}:${tag}` }] },
  });
  const template = (body: object): object => ({ spec: { template: body } });

  test('a pod is labelled, and loses its finalizer: otherwise it could not be deleted', async () => {
    for (const metadata of [
      { labels: { a: 'b' } },
      { annotations: { a: 'b' } },
      { finalizers: null },
    ])
      expect(await patch(POD, { metadata })).toMatchObject(ADMITTED);
    const status = { conditions: [{ type: 'Ready', status: 'False' }] };
    expect(await patch(`${POD}/status`, { status })).toMatchObject(ADMITTED);
  });

  test('a pod gets an allowed image, and no other', async () => {
    expect(await patch(POD, image('0.1.0'))).toMatchObject(ADMITTED);
    expect(await patch(POD, image('latest'))).toMatchObject(REFUSED);
  });

  test('what a pod says of its commit is judged when it changes, with everything else', async () => {
    const metadata = { annotations: { 'ameide.io/image-sha': SHA } };
    expect(await patch(POD, { metadata })).toMatchObject(REFUSED);
    expect(await patch(POD, { metadata, ...image('0.1.0') })).toMatchObject(ADMITTED);
    const wrong = { annotations: { 'ameide.io/image-sha': OTHER_SHA.slice(1) } };
    expect(await patch(POD, { metadata: wrong, ...image('0.1.0') })).toMatchObject({
      status: 403,
      message: expect.stringContaining('[deploy-annotation-not-a-sha]'),
    });
  });

  test('other people’s containers come to debug it, ours only if they are allowed', async () => {
    const debug = async (name: string): Promise<KubernetesAnswer> =>
      kubernetes.debug(podOf('old', ''), [{ name: 'debug', image: name }], { dryRun: true });
    expect(await debug('busybox:latest')).toMatchObject(ADMITTED);
    expect(await debug(`${TS}:latest`)).toMatchObject(REFUSED);
  });

  test('a Deployment is scaled, restarted and released; its image becomes an allowed one', async () => {
    const restart = {
      annotations: { 'kubectl.kubernetes.io/restartedAt': '2026-01-01T00:00:00Z' },
    };
    for (const body of [
      { spec: { replicas: 3 } },
      template({ metadata: restart }),
      { metadata: { finalizers: null } },
      template(image('0.1.0')),
    ])
      expect(await patch(DEPLOYMENT, body)).toMatchObject(ADMITTED);
    expect(await patch(`${DEPLOYMENT}/scale`, { spec: { replicas: 0 } })).toMatchObject(ADMITTED);
    expect(await patch(DEPLOYMENT, template(image('latest')))).toMatchObject(REFUSED);
  });

  test('a pod of the same image is new, and refused', async () => {
    const answer = await kubernetes.create(podOf('new', `${TS}:dev`), { dryRun: true });
    expect(answer).toMatchObject(REFUSED);
  });
});

function withFinalizer(object: KubernetesObject): KubernetesObject {
  const metadata = { ...object.metadata, finalizers: ['example.com/held'] };
  return { ...object, metadata };
}
