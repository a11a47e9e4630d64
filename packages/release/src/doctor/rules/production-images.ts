import { checkManifests, type DeployPolicy, environmentOf } from '@ameide/deploy-policy';
import { consumerPaths } from '../../consumers/consumer-paths.ts';
import { environmentOfPath } from '../../consumers/environment-of-path.ts';
import { imagesOf, policyOf } from '../../deploy/load-policy.ts';
import type { ReleasedFacts } from '../facts.ts';
import type { Finding, Rule } from '../finding.ts';

const NAME = 'production-images';

export const PRODUCTION_IMAGES: Rule<ReleasedFacts> = {
  name: NAME,
  title: 'Manifests of production and staging name only images that may run there.',
  why: 'A moving tag such as dev or latest makes a rollback impossible and puts unreleased code into production.',
  async find({ reader, release: { definition } }) {
    if (imagesOf(definition).length === 0 && definition.deploy?.images === undefined) return [];
    const policy = policyOf(definition);
    const environmentAt = environmentOfPath(policy, definition.consumers?.environments);
    const isConsumer = consumerPaths(definition);
    const findings: Finding[] = [];
    for (const path of reader.paths.filter((one) => /\.ya?ml$/i.test(one) && isConsumer(one))) {
      const environment = environmentAt(path);
      if (environment.kind === 'none' || isTemplate(path)) continue;
      const text = (await reader.text(path)) ?? '';
      // Most of the YAML in such a folder names no image of ours.
      if (!policy.images.some((image) => text.includes(lastPart(image)))) continue;
      if (environment.kind === 'several') findings.push(unclear(path, environment.names));
      else if (isStrict(policy, environment.name))
        findings.push(...check({ path, text }, policy, environment.name));
    }
    return findings;
  },
};

/** Where a moving tag may run, for example in development, people also run what they build by hand. */
function isStrict(policy: DeployPolicy, environment: string): boolean {
  return !environmentOf(policy, environment).tags.includes('dev');
}

function check(
  manifest: { readonly path: string; readonly text: string },
  policy: DeployPolicy,
  environment: string,
): readonly Finding[] {
  const { path } = manifest;
  const { problems } = checkManifests([manifest], { policy, environment });
  return problems.map(({ column, hint, line, message }) => ({
    rule: NAME,
    message,
    hint: hint ?? `ameide-release deploy pin --env ${environment} --version X.Y.Z --write ${path}`,
    path,
    ...(line === undefined ? {} : { line }),
    ...(column === undefined ? {} : { column }),
  }));
}

function unclear(path: string, names: readonly string[]): Finding {
  return {
    rule: NAME,
    message: `The path names several environments: ${names.join(', ')}.`,
    hint: `Say in consumers.environments of the release definition which one it is: { ${names[0]}: ['${path}'] }`,
    path,
  };
}

/** Helm's templates are no manifests before it renders them. */
function isTemplate(path: string): boolean {
  return /(?:^|\/)templates\//.test(path);
}

function lastPart(image: string): string {
  return image.replace(/\/\*$/, '').split('/').at(-1) ?? image;
}
