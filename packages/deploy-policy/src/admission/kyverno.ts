import type { EnginePolicy } from './engine.ts';
import { KINDS, RESOURCE_RULES } from './workloads.ts';

export const KYVERNO_ACTIONS = { deny: ['Deny'], warn: ['Warn'], audit: ['Audit'] } as const;

/** A ValidatingPolicy, for Kyverno 1.17 and later: what Kubernetes has, under Kyverno's name. */
export function validatingPolicy(policy: EnginePolicy): object {
  const { action, expressions, name, namespaceLabels } = policy;
  return {
    apiVersion: 'policies.kyverno.io/v1',
    kind: 'ValidatingPolicy',
    metadata: { name },
    spec: {
      failurePolicy: 'Fail',
      validationActions: KYVERNO_ACTIONS[action],
      // The kinds with pod templates are in the rules: nothing is to be derived from the rule for pods.
      autogen: { podControllers: { controllers: [] } },
      matchConstraints: {
        namespaceSelector: { matchLabels: namespaceLabels },
        resourceRules: RESOURCE_RULES,
      },
      variables: expressions.variables,
      validations: [{ ...expressions.validation, reason: 'Forbidden' }],
    },
  };
}

/**
 * A ClusterPolicy: Kyverno 1.13 and later until 1.19. It is deprecated since 1.17
 * (https://kyverno.io/docs/guides/migration-to-cel).
 */
export function clusterPolicy(policy: EnginePolicy): object {
  const { action, expressions, name, namespaceLabels } = policy;
  const resources = {
    kinds: KINDS,
    operations: ['CREATE', 'UPDATE'],
    namespaceSelector: { matchLabels: namespaceLabels },
  };
  return {
    apiVersion: 'kyverno.io/v1',
    kind: 'ClusterPolicy',
    metadata: { name, annotations: { 'pod-policies.kyverno.io/autogen-controllers': 'none' } },
    spec: {
      ...(action === 'warn' ? { emitWarning: true } : {}),
      webhookConfiguration: { failurePolicy: 'Fail' },
      rules: [
        {
          name: 'images',
          match: { any: [{ resources }] },
          validate: {
            failureAction: action === 'deny' ? 'Enforce' : 'Audit',
            // Which updates are judged, the expressions say.
            allowExistingViolations: false,
            cel: { variables: expressions.variables, expressions: [expressions.validation] },
          },
        },
      ],
    },
  };
}
