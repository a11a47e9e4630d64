import { checkManifests, createPolicy, diffOf, pinManifests } from '@ameide/deploy-policy';

const policy = createPolicy({ images: ['ghcr.io/ameideio/*'] });
const text = `kind: Pod
metadata: { name: sdk }
spec:
  containers:
    - { name: sdk, image: ghcr.io/ameideio/ameide-sdk-ts:dev } # ours
`;
const files = [{ path: 'deploy/sdk.yaml', text }];
const where = { policy, environment: 'production' };

export const [refused] = checkManifests(files, where).problems;

const sha = '71e210beab37b68546d56dceccba18f09264ecc3';
const pins = [{ name: 'ghcr.io/ameideio/ameide-sdk-ts', tag: '0.1.0', sha }];
export const diff = diffOf(pinManifests(files, { ...where, pins }).files);
