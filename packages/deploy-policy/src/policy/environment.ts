import { didYouMean, InvalidInputError } from '@ameide/versioning-core';
import {
  type Check,
  type Checks,
  custom,
  listOf,
  oneOf,
  optional,
  recordOf,
  shape,
} from '@ameide/versioning-core/options';
import { TAG_KINDS, type TagKind } from './tag-kind.ts';

/** What may run in one environment. */
export interface Environment {
  /** The kinds of tag that an image of ours may have. A digest without a tag is always allowed. */
  readonly tags: readonly TagKind[];
  /** Whether an image of ours must also name its digest. */
  readonly digest: 'optional' | 'required';
  /** Whether a pod must say in an annotation which commit its images are from. */
  readonly annotation: 'optional' | 'required';
  /** Whether `check --online` asks for the proofs (signatures, provenances) that the release definition names. */
  readonly proof: 'optional' | 'required';
  /** The labels of the environment's namespaces: admission applies to those alone. */
  readonly namespaceLabels: Readonly<Record<string, string>>;
}

export type EnvironmentOptions = { readonly [K in keyof Environment]?: Environment[K] };

const LABEL_KEY = custom<string>(
  (value) =>
    typeof value === 'string' &&
    /^(?:[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?\/)?[A-Za-z0-9](?:[\w.-]{0,61}[A-Za-z0-9])?$/.test(
      value,
    ),
  'a Kubernetes label key, for example ameide.io/environment',
);
const LABEL_VALUE = custom<string>(
  (value) =>
    typeof value === 'string' && /^(?:[A-Za-z0-9](?:[\w.-]{0,61}[A-Za-z0-9])?)?$/.test(value),
  'a Kubernetes label value: at most 63 letters, digits, "-", "_" and "."',
);

const CHECKS: Checks<EnvironmentOptions> = {
  tags: optional(listOf(oneOf(...TAG_KINDS), `a list of ${TAG_KINDS.join(', ')}`)),
  digest: optional(oneOf('optional', 'required')),
  annotation: optional(oneOf('optional', 'required')),
  proof: optional(oneOf('optional', 'required')),
  namespaceLabels: optional(
    recordOf(
      LABEL_VALUE,
      "labels, for example { 'ameide.io/environment': 'production' }",
      LABEL_KEY,
    ),
  ),
};

const NAME = custom<string>(
  (value) => typeof value === 'string' && /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/.test(value),
  'the name of an environment: at most 40 lower-case letters, digits and "-", for example production',
);

export const environmentsOption: Check<Readonly<Record<string, EnvironmentOptions>>> =
  recordOf<EnvironmentOptions>(
    shape<EnvironmentOptions>(CHECKS),
    'an object of environments, for example { production: { digest: "required" } }',
    NAME,
  );

/** Staging and development also run releases: what is to run in production must be able to run there first. */
const DEFAULT_TAGS: Readonly<Record<string, readonly TagKind[]>> = {
  production: ['release'],
  staging: ['release', 'candidate', 'commit'],
  development: ['release', 'candidate', 'commit', 'dev'],
  ephemeral: ['release', 'candidate', 'commit', 'dev'],
};

/** Completes the options with the defaults. Throws `InvalidInputError` for an environment without tags. */
export function completeEnvironments(
  options: Readonly<Record<string, EnvironmentOptions>>,
  field = '',
): Readonly<Record<string, Environment>> {
  const names = [...new Set([...Object.keys(DEFAULT_TAGS), ...Object.keys(options)])];
  return Object.fromEntries(
    names.map((name) => {
      const own = Object.hasOwn(options, name) ? options[name] : undefined;
      const byDefault = Object.hasOwn(DEFAULT_TAGS, name) ? DEFAULT_TAGS[name] : undefined;
      const { tags = byDefault, ...given } = own ?? {};
      if (tags === undefined) throw noTags(name, field);
      const defaults = {
        digest: 'optional',
        annotation: 'optional',
        proof: 'required',
        namespaceLabels: { 'ameide.io/environment': name },
      } as const;
      return [name, { ...defaults, ...given, tags }];
    }),
  );
}

function noTags(name: string, field: string): InvalidInputError {
  const known = Object.keys(DEFAULT_TAGS);
  return new InvalidInputError(
    {
      field: `${field === '' ? '' : `${field}.`}environments.${name}.tags`,
      expected: `the kinds of tag that may run there, a list of ${TAG_KINDS.join(', ')}`,
      hint: didYouMean(name, known) ?? `Only ${known.join(', ')} have a default.`,
    },
    'deploy-option',
  );
}
