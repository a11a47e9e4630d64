import type { KubernetesObject, RunningKubernetes } from '@ameide/local-registries';
import { type AdmissionAction, type DeployPolicy, renderAdmission } from '../../../src/index.ts';
import { TS } from '../../cases/case.ts';
import { objectsIn } from '../objects-in.ts';

/** A pod with one container, `www`. */
export function podOf(name: string, image: string, namespace = 'production'): KubernetesObject {
  const spec = { containers: [{ name: 'www', image }] };
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace }, spec };
}

/** Makes a namespace for each environment, and applies the policy there. */
export async function applyPolicy(
  kubernetes: RunningKubernetes,
  policy: DeployPolicy,
  action: AdmissionAction = 'deny',
): Promise<void> {
  const namespaces = Object.entries(policy.environments).map(([name, { namespaceLabels }]) => ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name, labels: namespaceLabels },
  }));
  const rendered = objectsIn(renderAdmission(policy, { engine: 'kubernetes', action }));
  for (const object of [...namespaces, ...rendered]) {
    const { message, status } = await kubernetes.apply(object);
    if (status >= 400) throw new Error(`${object.kind} ${object.metadata.name}: ${message}`);
  }
}

/** Waits until the policy holds. */
export async function untilRefused(
  kubernetes: RunningKubernetes,
  { environments }: DeployPolicy,
): Promise<void> {
  for (const name of Object.keys(environments))
    await kubernetes.untilRefused(podOf('www', TS, name), /it has no tag/);
}
