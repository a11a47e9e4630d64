import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { get } from 'node:https';
import { dirname } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { needs } from '../src/components.ts';
import { type KubernetesObject, type RunningKubernetes, startKubernetes } from '../src/index.ts';

const REFUSAL =
  /ValidatingAdmissionPolicy 'no-dev' with binding 'no-dev-production' denied request: no moving tag/;
const WARNING =
  /Validation failed for ValidatingAdmissionPolicy 'no-dev' with binding 'no-dev-development': no moving tag/;
const container = (tag: string): object => ({ name: 'app', image: `ghcr.io/ameideio/app:${tag}` });
const template = (tag: string): object => ({
  metadata: { labels: { app: 'app' } },
  spec: { containers: [container(tag)], restartPolicy: 'Always' },
});
const selector = { matchLabels: { app: 'app' } };
const job = (tag: string): object => ({
  template: { spec: { containers: [container(tag)], restartPolicy: 'Never' } },
});

/** For each kind: its API version, and its `spec` with a tag. */
const KINDS: Readonly<Record<string, readonly [version: string, spec: (tag: string) => object]>> = {
  Pod: ['v1', (tag) => ({ containers: [container(tag)] })],
  Deployment: ['apps/v1', (tag) => ({ selector, template: template(tag) })],
  StatefulSet: ['apps/v1', (tag) => ({ selector, serviceName: 'app', template: template(tag) })],
  DaemonSet: ['apps/v1', (tag) => ({ selector, template: template(tag) })],
  ReplicaSet: ['apps/v1', (tag) => ({ selector, template: template(tag) })],
  Job: ['batch/v1', job],
  CronJob: ['batch/v1', (tag) => ({ schedule: '0 4 * * *', jobTemplate: { spec: job(tag) } })],
};

function workload(kind: string, tag: string, namespace = 'production'): KubernetesObject {
  const [apiVersion = '', spec] = KINDS[kind] ?? [];
  return { apiVersion, kind, metadata: { name: 'app', namespace }, spec: spec?.(tag) };
}

/** A policy that refuses what has `:dev` in the text that `expression` makes of an object. */
function policy(name: string, expression: string): KubernetesObject {
  const operations = ['CREATE', 'UPDATE'];
  const rule = (apiGroups: string[], resources: string[]): object => ({
    apiGroups,
    apiVersions: ['*'],
    operations,
    resources,
  });
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name },
    spec: {
      failurePolicy: 'Fail',
      matchConstraints: {
        resourceRules: [
          rule([''], ['pods', 'pods/ephemeralcontainers']),
          rule(['apps'], ['deployments', 'statefulsets', 'daemonsets', 'replicasets']),
          rule(['batch'], ['jobs', 'cronjobs']),
        ],
      },
      variables: [
        {
          name: 'pod',
          expression:
            "object.kind == 'Pod' ? object.spec : object.kind == 'CronJob' ? object.spec.jobTemplate.spec.template.spec : object.spec.template.spec",
        },
        {
          name: 'containers',
          expression:
            'variables.pod.containers + (has(variables.pod.ephemeralContainers) ? variables.pod.ephemeralContainers : [])',
        },
      ],
      validations: [{ expression, message: 'no moving tag' }],
    },
  };
}

function binding(environment: string, action: 'Deny' | 'Warn'): KubernetesObject {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name: `no-dev-${environment}` },
    spec: {
      policyName: 'no-dev',
      validationActions: [action],
      matchResources: { namespaceSelector: { matchLabels: { environment } } },
    },
  };
}

const namespace = (name: string): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, labels: { environment: name } },
});

const NO_DEV = "variables.containers.all(c, !c.image.endsWith(':dev'))";

needs('kubernetes')('Kubernetes’ API server', () => {
  let kubernetes: RunningKubernetes;
  beforeAll(async () => {
    kubernetes = await startKubernetes();
    for (const object of [
      namespace('production'),
      namespace('development'),
      policy('no-dev', NO_DEV),
      binding('development', 'Warn'),
      binding('production', 'Deny'),
    ])
      expect(await kubernetes.apply(object)).toMatchObject({ status: 201, message: '' });
    await kubernetes.untilRefused(workload('Pod', 'dev'), REFUSAL);
  });
  afterAll(async () => kubernetes?.stop());

  test.each(Object.keys(KINDS))(
    'a policy lets a %s with a version through, refuses one with dev, and warns elsewhere',
    async (kind) => {
      const refused = await kubernetes.create(workload(kind, 'dev'), { dryRun: true });
      expect([refused.status, refused.message]).toEqual([422, expect.stringMatching(REFUSAL)]);
      const elsewhere = workload(kind, 'dev', 'development');
      expect(await kubernetes.create(elsewhere, { dryRun: true })).toMatchObject({
        status: 201,
        warnings: [expect.stringMatching(WARNING)],
      });
      expect(await kubernetes.create(workload(kind, '0.1.0'), { dryRun: true })).toMatchObject({
        status: 201,
        warnings: [],
      });
    },
  );

  test('a dry run keeps nothing; an ephemeral container of a pod that is kept is judged, too', async () => {
    const pod = workload('Pod', '0.1.0');
    const debug = async (tag: string): Promise<[status: number, message: string]> => {
      const { status, message } = await kubernetes.debug(pod, [
        { ...container(tag), name: 'debug' },
      ]);
      return [status, message];
    };
    await kubernetes.create(pod, { dryRun: true });
    expect(await debug('0.1.0')).toEqual([404, expect.stringContaining('not found')]);
    expect(await kubernetes.create(pod)).toMatchObject({ status: 201 });
    expect(await debug('dev')).toEqual([422, expect.stringMatching(REFUSAL)]);
    expect(await debug('0.1.0')).toEqual([200, '']);
  });

  test('an image volume is kept as it was sent', async () => {
    const volumes = [{ name: 'configuration', image: { reference: 'ghcr.io/ameideio/c:0.1.0' } }];
    const pod = workload('Pod', '0.1.0');
    const spec = { ...(pod['spec'] as object), volumes };
    const { status, body } = await kubernetes.apply(
      { ...pod, metadata: { name: 'volume', namespace: 'production' }, spec },
      { dryRun: true },
    );
    expect({ status, body }).toMatchObject({ status: 201, body: { spec: { volumes } } });
  });

  test('a mistake in CEL is refused when the policy is applied', async () => {
    const { status, message } = await kubernetes.apply(policy('typo', 'objekt.spec.size() > 0'));
    expect([status, message]).toEqual([
      422,
      expect.stringContaining("undeclared reference to 'objekt'"),
    ]);
  });

  test('only the token opens it, and the log does not have it', async () => {
    const answer = await kubernetes.ask({ method: 'GET', path: '/version' });
    expect(answer).toMatchObject({ status: 200, body: { major: '1' } });
    const anonymous = get(`${kubernetes.url}/version`, { ca: kubernetes.ca });
    const [response] = (await once(anonymous, 'response')) as [IncomingMessage];
    response.destroy();
    expect(response.statusCode).toBe(401);
    expect(await readFile(kubernetes.logFile, 'utf8')).not.toContain(kubernetes.token);
  });

  test('stops with everything it started', async () => {
    await kubernetes.stop();
    expect(existsSync(dirname(kubernetes.logFile))).toBe(false);
    await expect(kubernetes.ask({ method: 'GET', path: '/version' })).rejects.toMatchObject({
      code: 'ECONNREFUSED',
    });
    const processes = (): number =>
      process.getActiveResourcesInfo().filter((kind) => kind === 'ProcessWrap').length;
    await expect.poll(processes).toBe(0);
  });
});
