import type { DeployPolicy } from '@ameide/deploy-policy/policy';
import { InvalidInputError } from '@ameide/versioning-core';
import { isNamed } from '../consumers/consumer-paths.ts';

/** Says which environment a manifest belongs to. */
export type EnvironmentOfPath = (path: string) => EnvironmentAnswer;

type EnvironmentAnswer =
  | { readonly name: string; readonly unknown?: never }
  /** Why it is not known: to follow "left alone:". */
  | { readonly unknown: string; readonly name?: never };

/**
 * By default a manifest is of the environment that one of its folders is named after, `deploy/production/web.yaml`.
 * With `globs` only these decide. Throws `InvalidInputError` for a name that the policy does not have.
 */
export function environmentOfPath(
  { environments }: DeployPolicy,
  globs: Readonly<Record<string, readonly string[]>> | undefined,
): EnvironmentOfPath {
  const known = Object.keys(environments);
  for (const name of Object.keys(globs ?? {}))
    if (!known.includes(name))
      throw new InvalidInputError({
        field: `consumers.environments.${name}`,
        expected: `an environment of deploy: ${known.join(', ')}`,
      });
  return (path) => {
    const names =
      globs === undefined
        ? known.filter((name) => path.split('/').slice(0, -1).includes(name))
        : known.filter((name) => isNamed(path, globs[name] ?? []));
    const [name, ...others] = names;
    if (name === undefined)
      return { unknown: 'its environment is not known (set consumers.environments)' };
    return others.length === 0
      ? { name }
      : { unknown: `it belongs to ${names.join(' and ')} (set consumers.environments)` };
  };
}
