import { didYouMean, InvalidInputError } from '@ameide/versioning-core';
import { type Check, listOf, optional, shape } from '@ameide/versioning-core/options';
import {
  completeEnvironments,
  type Environment,
  type EnvironmentOptions,
  environmentsOption,
} from './environment.ts';
import { imageName } from './image-names.ts';
import { type PlaceOption, placeOption } from './place-option.ts';

/** What a team may write; everything has a default. The release definition holds it as `deploy`. */
export interface DeployOptions {
  /**
   * Images that the policy applies to, besides those that the release definition publishes:
   * `ghcr.io/acme/www`, or all below a path, `ghcr.io/acme/*`.
   */
  readonly images?: readonly string[];
  /** The environments by name. `production`, `staging`, `development` and `ephemeral` have defaults. */
  readonly environments?: Readonly<Record<string, EnvironmentOptions>>;
  /** Where else images stand: custom resources, values of Helm charts. */
  readonly places?: readonly PlaceOption[];
}

/** The options with all defaults. */
export interface DeployPolicy {
  /** Full names and patterns of the images that the policy applies to. */
  readonly images: readonly string[];
  readonly environments: Readonly<Record<string, Environment>>;
  readonly places: readonly PlaceOption[];
}

const parseOptions = shape<DeployOptions>(
  {
    images: optional(listOf(imageName, 'a list of images, for example ["ghcr.io/acme/*"]')),
    environments: optional(environmentsOption),
    places: optional(listOf(placeOption, 'a list of places')),
  },
  { name: 'deploy', code: 'deploy-option' },
);

/** Checks the options. Throws `InvalidInputError` with the wrong field. */
export const deployOptions: Check<DeployOptions> = (value, field = '', code = 'deploy-option') => {
  const options = parseOptions(value, field, code);
  completeEnvironments(options.environments ?? {}, field);
  return options;
};

/**
 * Completes checked options. `published` are the images that the release definition publishes.
 * Throws `InvalidInputError` if there is no image, or an environment of the team's own has no tags.
 */
export function createPolicy(
  options: DeployOptions = {},
  published: readonly string[] = [],
): DeployPolicy {
  const { environments = {}, images = [], places = [] } = deployOptions(options);
  const names = [...new Set([...published.map((name) => imageName(name)), ...images])];
  if (names.length === 0)
    throw new InvalidInputError(
      {
        field: 'deploy.images',
        expected: 'at least one image of yours, for example ["ghcr.io/acme/*"]',
      },
      'deploy-option',
    );
  return {
    images: names,
    environments: completeEnvironments(environments),
    places,
  };
}

/** Returns the rules of an environment. Throws `InvalidInputError` for one that the policy does not have. */
export function environmentOf({ environments }: DeployPolicy, name: string): Environment {
  const environment = Object.hasOwn(environments, name) ? environments[name] : undefined;
  if (environment !== undefined) return environment;
  const known = Object.keys(environments);
  throw new InvalidInputError({
    field: 'env',
    received: name,
    expected: `one of the environments ${known.join(', ')}`,
    hint: didYouMean(name, known),
  });
}
