import { didYouMean, InvalidInputError } from '@ameide/versioning-core';
import type { Service } from './service.ts';

/**
 * Returns the services that are named, by name or path; without names all that use something. Throws
 * `InvalidInputError` for a name that is none.
 */
export function chooseServices(
  services: readonly Service[],
  names: readonly string[],
): readonly Service[] {
  if (names.length === 0) return services.filter(({ uses }) => uses.length > 0);
  const found = names.map((name) => ({ name, own: services.filter((one) => isNamed(one, name)) }));
  const missing = found.find(({ own }) => own.length === 0);
  if (missing !== undefined) throw noService(missing.name, services);
  const chosen = new Set(found.flatMap(({ own }) => own));
  return services.filter((one) => chosen.has(one));
}

/** `www`, `services/www`, `./services/www/`, `Deployment www`; a folder also names the workloads below it. */
function isNamed({ kind, name, path }: Service, given: string): boolean {
  const text = given.replace(/^\.\/(?=.)|(?<=.)\/$/g, '');
  if (text === name || text === path) return true;
  if (kind === 'project') return text === path.slice(path.lastIndexOf('/') + 1);
  return name.endsWith(` ${text}`) || path.startsWith(`${text}/`);
}

function noService(received: string, services: readonly Service[]): InvalidInputError {
  const known = services.flatMap(({ name, path }) => [name, path]);
  const meant = didYouMean(received, known);
  return new InvalidInputError(
    {
      field: 'service',
      received,
      expected:
        'the name or folder of a service of this repository, or a workload in its manifests',
      hint: `${meant === undefined ? '' : `${meant} `}Without a name, inventory shows all that use something of the release.`,
    },
    'unknown-service',
  );
}
