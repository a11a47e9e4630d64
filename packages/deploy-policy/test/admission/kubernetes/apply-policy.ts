import type { KubernetesObject, RunningKubernetes } from '@ameide/local-registries';
import { type DeployPolicy, renderAdmission } from '../../../src/index.ts';
import { POLICY, TS } from '../../cases/case.ts';
import { objectsIn } from '../objects-in.ts';

/** A pod with one container, `www`. */
export function podOf(name: string, image: string, namespace = 'production'): KubernetesObject {
  const spec = { containers: [{ name: 'www', image }] };
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace }, spec };
}

/** Makes a namespace for each environment, applies the policy, and waits until it holds. */
export async function applyPolicy(
  kubernetes: RunningKubernetes,
  policy: DeployPolicy = POLICY,
): Promise<void> {
  const environments = Object.entries(policy.environments);
  const namespaces = environments.map(([name, { namespaceLabels }]) => ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name, labels: namespaceLabels },
  }));
  const rendered = objectsIn(renderAdmission(policy, { engine: 'kubernetes' }));
  for (const object of [...namespaces, ...rendered]) {
    const { message, status } = await kubernetes.apply(object);
    if (status >= 400) throw new Error(`${object.kind} ${object.metadata.name}: ${message}`);
  }
  for (const [name] of environments)
    await kubernetes.untilRefused(podOf('www', TS, name), /it has no tag/);
}
