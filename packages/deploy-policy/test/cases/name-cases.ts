import { codesOf, type DeployCase, SHA_256 } from './case.ts';

/** Ours, however it is written: `dev` is not allowed in production. */
const OURS = [
  'ghcr.io/ameideio/configuration',
  'GHCR.IO/ameideio/configuration',
  'Ghcr.Io/ameideio/configuration',
  'ghcr.io:443/ameideio/configuration',
  'GHCR.IO:443/ameideio/configuration',
  'ghcr.io:0443/ameideio/configuration',
  'registry.example.com:5000/acme/api',
  'registry.example.com:5000/acme/team/api',
  'Registry.Example.com:5000/acme/api',
  'ameide/tools',
  'docker.io/ameide/tools',
  'DOCKER.IO/ameide/tools',
  'index.docker.io/ameide/tools',
  'docker.io:443/ameide/tools',
  'ameide',
  'library/ameide',
  'docker.io/ameide',
  'docker.io/library/ameide',
  'index.docker.io/ameide',
];

/** Other people's, however much it looks like ours. */
const OTHERS = [
  'nginx',
  'ghcr.io/ameideio/ameide-sdk',
  'ghcr.io/ameideio/ameide-sdk-ts-extra',
  'ghcr.io/ameideio/ameide-sdk-ts/sub',
  'ghcr.io/ameideio/ameide_sdk-ts',
  'ghcr.io/other/ameide-sdk-ts',
  'ghcr.io:8443/ameideio/ameide-sdk-ts',
  'ghcr.io.example.com/ameideio/ameide-sdk-ts',
  'ghcrxio/ameideio/ameide-sdk-ts',
  'mirror.example.com/ghcr.io/ameideio/ameide-sdk-ts',
  'registry.example.com/acme/api',
  'registry.example.com:443/acme/api',
  'registry.example.com:5000/acme',
  'registry.example.com:5000/acme-other/api',
  'quay.io/ameide/tools',
  'localhost/ameide',
  'localhost:5000/ameide/tools',
  'ameide/other',
  'Ameide/tools',
  'ameide.example.com/tools',
  'library/ameide/tools',
];

/** No images: no container runtime pulls them. Admission judges images of ours alone. */
const NONE: readonly (readonly [image: string, verdict: string])[] = [
  ['ghcr.io/ameideio/Ameide-sdk-ts:0.1.0', 'R'],
  ['ghcr.io/ameideio/ameide-sdk-ts-:0.1.0', 'R'],
  ['ghcr.io/ameideio//ameide-sdk-ts:0.1.0', 'R'],
  ['ghcr.io./ameideio/ameide-sdk-ts:0.1.0', 'R'],
  ['https://ghcr.io/ameideio/ameide-sdk-ts:0.1.0', 'R'],
  ['gh\u0441r.io/ameideio/ameide-sdk-ts:0.1.0', 'R'],
  ['ghcr.io/ameideio/\u0430meide-sdk-ts:0.1.0', 'R'],
  ['ghcr.io/ameideio/ameide-sdk-ts :0.1.0', 'R'],
  [' ghcr.io/ameideio/ameide-sdk-ts:0.1.0', 'R'],
  [SHA_256, 'R'],
  ['$(REGISTRY)/ameideio/ameide-sdk-ts:0.1.0', 'V'],
  ['{{ .Values.registry }}/ameideio/ameide-sdk-ts:0.1.0', 'G'],
];

const place = 'container';
const environment = 'production';

export const NAME_CASES: readonly DeployCase[] = [
  ...OURS.flatMap((name): readonly DeployCase[] => [
    { environment, place, image: `${name}:0.1.0`, codes: [] },
    { environment, place, image: `${name}:dev`, codes: codesOf('T') },
  ]),
  ...OURS.map((image) => ({ environment, place, image, codes: codesOf('M') }) as const),
  ...OTHERS.map((name) => ({ environment, place, image: `${name}:dev`, codes: [] }) as const),
  ...NONE.map(
    ([image, verdict]) =>
      ({ environment, place, image, codes: codesOf(verdict), checkOnly: true }) as const,
  ),
];
