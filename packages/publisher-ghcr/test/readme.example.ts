import { ghcr } from '@ameide/publisher-ghcr';

export const sdk = ghcr({
  image: 'ghcr.io/ameideio/ameide-sdk-ts',
  files: 'packages/ameide_sdk_ts',
  build: ['node', '--run', 'build'],
  path: '/opt/ameide-sdk-ts',
});
export const service = ghcr({
  image: 'ghcr.io/ameideio/www-ameide',
  dockerfile: { directory: 'services/www_ameide' },
});
export const configuration = ghcr.bundle('ghcr.io/ameideio/configuration', { path: '/etc/ameide' }); // given to configuration({ carriers })
