import { checkManifests, environmentOf } from '@ameide/deploy-policy';
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
    const findings: Finding[] = [];
    for (const path of reader.paths.filter((one) => /\.ya?ml$/i.test(one))) {
      const environment = environmentIn(path, policy);
      if (environment === undefined || isTemplate(path)) continue;
      const text = (await reader.text(path)) ?? '';
      // Most of the YAML in such a folder names no image of ours.
      if (!policy.images.some((image) => text.includes(lastPart(image)))) continue;
      const { problems } = checkManifests([{ path, text }], { policy, environment });
      findings.push(
        ...problems.map(({ column, hint, line, message }) => ({
          rule: NAME,
          message,
          hint:
            hint ??
            `ameide-release deploy pin --env ${environment} --version X.Y.Z --write ${path}`,
          path,
          ...(line === undefined ? {} : { line }),
          ...(column === undefined ? {} : { column }),
        })),
      );
    }
    return findings;
  },
};

/** How people call the folders and files of an environment. */
const NAMES: Readonly<Record<string, string>> = {
  production: 'production',
  prod: 'production',
  prd: 'production',
  live: 'production',
  staging: 'staging',
  stage: 'staging',
  stg: 'staging',
};

/** The environment that a folder, or a file's name (`values-production.yaml`), names; the last one if several do. */
function environmentIn(
  path: string,
  policy: Parameters<typeof environmentOf>[0],
): string | undefined {
  const words = path
    .replace(/\.ya?ml$/i, '')
    .toLowerCase()
    .split(/[/._-]/);
  const named = words.findLast((word) => Object.hasOwn(NAMES, word));
  const environment = named === undefined ? undefined : NAMES[named];
  if (environment === undefined) return undefined;
  environmentOf(policy, environment);
  return environment;
}

/** Helm's templates are no manifests before it renders them. */
function isTemplate(path: string): boolean {
  return /(?:^|\/)templates\//.test(path);
}

function lastPart(image: string): string {
  return image.replace(/\/\*$/, '').split('/').at(-1) ?? image;
}
