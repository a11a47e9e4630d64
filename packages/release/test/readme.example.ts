// release.config.ts
import { configuration } from '@ameide/publisher-configuration';
import { ghcr } from '@ameide/publisher-ghcr';
import { goModule } from '@ameide/publisher-go';
import { npm } from '@ameide/publisher-npm';
import { pypi } from '@ameide/publisher-pypi';
import { defineRelease, type ReleaseDefinition } from '@ameide/release';

const release: ReleaseDefinition = defineRelease({
  versionFile: 'packages/ameide_sdk_ts/package.json', // its version is everybody's base
  prepare: [['pnpm', 'install', '--frozen-lockfile']],
  publishers: [
    npm({ directory: 'packages/ameide_sdk_ts', access: 'public', build: ['pnpm', 'run', 'build'] }),
    pypi({ directory: 'packages/ameide_sdk_python' }),
    goModule({
      directory: 'packages/ameide_sdk_go',
      mirror: 'https://github.com/ameideio/ameide-sdk-go.git',
    }),
    ghcr({
      image: 'ghcr.io/ameideio/ameide-sdk-ts',
      files: 'packages/ameide_sdk_ts',
      build: ['pnpm', 'run', 'build'],
    }),
    configuration({
      directory: 'packages/ameide_configuration',
      carriers: [npm.bundle('@ameideio/configuration', { access: 'public' })],
    }),
  ],
});
export default release;
