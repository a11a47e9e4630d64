import type { DeployPolicy } from '@ameide/deploy-policy/policy';
import { InvalidInputError } from '@ameide/versioning-core';
import { isNamed } from './consumer-paths.ts';

/** Says which environment a manifest belongs to. */
export type EnvironmentOfPath = (path: string) => EnvironmentAnswer;

type EnvironmentAnswer =
  | { readonly kind: 'known'; readonly name: string }
  /** Nothing names one. */
  | { readonly kind: 'none' }
  | { readonly kind: 'several'; readonly names: readonly string[] };

/**
 * By default a manifest belongs to the environment that its folders or its file are named after:
 * `deploy/production/web.yaml`, `clusters/prod-eu/web.yaml`, `values-prod.yaml`. A whole name counts more than a
 * word in one. With `globs` (`consumers.environments`) only these decide. Throws `InvalidInputError` for an
 * environment that the policy does not have.
 */
export function environmentOfPath(
  { environments }: DeployPolicy,
  globs?: Readonly<Record<string, readonly string[]>>,
): EnvironmentOfPath {
  const known = Object.keys(environments);
  checkNames(Object.keys(globs ?? {}), known);
  return (path) => {
    const [name, ...others] =
      globs === undefined
        ? environmentsNamedIn(path, known)
        : known.filter((one) => isNamed(path, globs[one] ?? []));
    if (name === undefined) return { kind: 'none' };
    return others.length === 0
      ? { kind: 'known', name }
      : { kind: 'several', names: [name, ...others] };
  };
}

function checkNames(names: readonly string[], known: readonly string[]): void {
  for (const name of names)
    if (!known.includes(name))
      throw new InvalidInputError({
        field: `consumers.environments.${name}`,
        expected: `an environment of deploy: ${known.join(', ')}`,
      });
}

/** How people shorten the names that have defaults. */
const SHORT: Readonly<Record<string, string>> = {
  prod: 'production',
  prd: 'production',
  live: 'production',
  stage: 'staging',
  stg: 'staging',
  dev: 'development',
};

function environmentsNamedIn(path: string, known: readonly string[]): readonly string[] {
  const names = path
    .replace(/\.[^./]+$/, '')
    .toLowerCase()
    .split('/');
  const whole = environmentsIn(names, known);
  return whole.length > 0
    ? whole
    : environmentsIn(
        names.flatMap((one) => one.split(/[._-]/)),
        known,
      );
}

function environmentsIn(words: readonly string[], known: readonly string[]): readonly string[] {
  const found = new Set(
    words.map((word) => (!known.includes(word) && Object.hasOwn(SHORT, word) ? SHORT[word] : word)),
  );
  return known.filter((name) => found.has(name));
}
