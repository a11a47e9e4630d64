import { readFile } from 'node:fs/promises';
import { createPolicy, type DeployPolicy, readPolicy } from '@ameide/deploy-policy';
import { InvalidInputError } from '@ameide/versioning-core';
import { publishersOf, type ReleaseDefinition } from '../definition/definition.ts';
import { reasonOf } from '../run/faults.ts';

/** The policy of a definition: its `deploy`, for all the images that it publishes. Throws `InvalidInputError`. */
export function policyOf(definition: ReleaseDefinition): DeployPolicy {
  return createPolicy(definition.deploy, imagesOf(definition));
}

/** The names of the images that a definition publishes. */
export function imagesOf(definition: ReleaseDefinition): readonly string[] {
  return publishersOf(definition).flatMap(({ image }) => image ?? []);
}

/** The policy in a file of its own. Throws `InvalidInputError`. */
export async function loadPolicy(path: string): Promise<DeployPolicy> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new InvalidInputError({
      field: 'policy',
      received: path,
      expected: `a file that can be read (${reasonOf(cause)})`,
    });
  });
  return readPolicy(text, path);
}
