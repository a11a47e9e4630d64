import { configuration } from '@ameide/publisher-configuration';
import { ghcr } from '@ameide/publisher-ghcr';
import { npm } from '@ameide/publisher-npm';

// One publisher for each carrier: `publishers` of a release.config.ts takes the list as it is.
export const publishers = configuration({
  directory: 'packages/ameide_configuration',
  schemas: { 'environments/': 'environment.schema.json' },
  carriers: [
    npm.bundle('@ameideio/configuration'),
    ghcr.bundle('ghcr.io/ameideio/configuration', { path: '/etc/ameide' }),
  ],
});
