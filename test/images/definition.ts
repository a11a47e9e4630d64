import { ghcr } from '@ameide/publisher-ghcr';
import { defineRelease } from '@ameide/release';
import { image } from '../layouts/definitions/registries.ts';

export default defineRelease({
  versionFile: 'VERSION',
  publishers: [
    ghcr({
      ...image('acme/server'),
      files: { 'linux/amd64': 'dist/amd64', 'linux/arm64': 'dist/arm64' },
      build: ['sh', 'build.sh'],
      run: { entrypoint: ['/server'], user: '65532:65532', exposedPorts: ['8080/tcp'] },
    }),
    ghcr({
      ...image('acme/packaged'),
      dockerfile: { directory: '', buildArgs: { VERSION: { env: 'AMEIDE_NPM_VERSION' } } },
      platform: ['linux/amd64', 'linux/arm64'],
    }),
  ],
});
