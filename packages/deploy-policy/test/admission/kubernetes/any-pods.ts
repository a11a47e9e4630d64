import { constantFrom, dictionary, oneof, record, sample, string, tuple } from 'fast-check';
import { DIGEST, OTHER_SHA, SHA, SHA_256 } from '../../cases/case.ts';

interface AnyPod {
  readonly environment: string;
  readonly image: string;
  readonly annotations: Readonly<Record<string, string>>;
}

const HOSTS = [
  '',
  'ghcr.io/',
  'GHCR.io/',
  'ghcr.io:443/',
  'ghcr.io:00443/',
  'ghcr.io:4430/',
  'docker.io/',
  'Index.Docker.io/',
  'docker.io:443/',
  'registry.example.com:5000/',
  'registry.example.com/',
  'localhost/',
];
const PATHS = [
  'ameideio/ameide-sdk-ts',
  'ameideio/configuration',
  'ameideio/other',
  'ameide/tools',
  'library/ameide',
  'ameide',
  'acme/api',
  'acme/api/v1',
  'acme',
];
const TAGS = [
  '',
  ':0.1.0',
  ':0.1.0-rc.1',
  ':0.1',
  ':dev',
  ':latest',
  ':00.1.0',
  `:${SHA}`,
  `:${SHA_256}`,
];
const DIGESTS = ['', '', `@${DIGEST}`, `@${DIGEST.toUpperCase()}`, `@sha512:${'0'.repeat(128)}`];
const KEYS = ['ameide.io/image-sha', 'image-sha.ameide.io/www', 'image-sha.ameide.io/other'];

const tag = oneof(
  { weight: 5, arbitrary: constantFrom(...TAGS) },
  {
    weight: 1,
    arbitrary: string({ unit: constantFrom(...Array.from('01.-rcdevxA_')), maxLength: 9 }).map(
      (text) => `:${text}`,
    ),
  },
);
const image = tuple(
  constantFrom(...HOSTS),
  constantFrom(...PATHS),
  tag,
  constantFrom(...DIGESTS),
).map((parts) => parts.join(''));

/** Pods that are the same in each run. */
export function anyPods(environments: readonly string[]): readonly AnyPod[] {
  const pods = record({
    environment: constantFrom(...environments),
    image,
    annotations: dictionary(
      constantFrom(...KEYS),
      constantFrom(SHA, OTHER_SHA, SHA_256, 'main', ''),
      {
        maxKeys: 2,
      },
    ),
  });
  return sample(pods, { numRuns: 500, seed: 11 });
}
