import type { EnginePolicy } from './engine.ts';
import { RESOURCE_RULES } from './workloads.ts';

const ACTIONS = { deny: ['Deny'], warn: ['Warn', 'Audit'], audit: ['Audit'] } as const;

/** For Kubernetes 1.30 and later, which evaluates it itself. */
export function kubernetesObjects(policy: EnginePolicy): readonly object[] {
  const { action, expressions, name, namespaceLabels } = policy;
  const apiVersion = 'admissionregistration.k8s.io/v1';
  return [
    {
      apiVersion,
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name },
      spec: {
        failurePolicy: 'Fail',
        matchConstraints: { resourceRules: RESOURCE_RULES },
        variables: expressions.variables,
        validations: [{ ...expressions.validation, reason: 'Forbidden' }],
      },
    },
    {
      apiVersion,
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: { name },
      spec: {
        policyName: name,
        validationActions: ACTIONS[action],
        matchResources: { namespaceSelector: { matchLabels: namespaceLabels } },
      },
    },
  ];
}
