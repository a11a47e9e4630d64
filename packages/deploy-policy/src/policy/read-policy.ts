import { InvalidInputError } from '@ameide/versioning-core';
import { parse } from 'yaml';
import { createPolicy, type DeployOptions, type DeployPolicy } from './policy.ts';

/**
 * Reads a policy that is a file of its own, JSON or YAML: for a repository that has manifests and no
 * release definition. Throws `InvalidInputError`.
 */
export function readPolicy(text: string, path: string): DeployPolicy {
  let data: unknown;
  try {
    data = parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause);
    throw new InvalidInputError({
      field: 'policy',
      expected: `${path} to be JSON or YAML (${reason})`,
    });
  }
  return createPolicy(data as DeployOptions);
}
