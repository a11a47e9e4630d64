import { configuration } from '@ameide/publisher-configuration';
import { ghcr } from '@ameide/publisher-ghcr';
import { goModule } from '@ameide/publisher-go';
import { npm } from '@ameide/publisher-npm';
import { pypi } from '@ameide/publisher-pypi';
import { defineRelease } from '@ameide/release';

// The public registries, unless the environment names others: the demo and the tests run on
// loopback.
const {
  NPM_REGISTRY = 'https://registry.npmjs.org',
  PYPI_UPLOAD_URL = 'https://upload.pypi.org/legacy/',
  PYPI_SIMPLE_URL = 'https://pypi.org/simple/',
  GO_MIRROR = 'https://github.com/ameideio/ameide-sdk-go.git',
  OCI_PREFIX = 'ghcr.io/ameideio',
  OCI_USER,
  OCI_TOKEN,
} = process.env;

// A token is bound to the registry it is for: GHCR_TOKEN and GITHUB_TOKEN go to ghcr.io alone, any
// other registry is given its own.
const oci = OCI_TOKEN === undefined ? {} : { user: OCI_USER ?? 'token', token: OCI_TOKEN };

export default defineRelease({
  versionFile: 'packages/ameide_sdk_ts/package.json',
  repository: 'https://github.com/ameideio/ameide',
  prepare: [['pnpm', 'install', '--frozen-lockfile', '--prefer-offline']],
  publishers: [
    npm({
      directory: 'packages/ameide_sdk_ts',
      registry: NPM_REGISTRY,
      access: 'public',
      build: ['pnpm', 'run', 'build'],
    }),
    pypi({
      directory: 'packages/ameide_sdk_python',
      uploadUrl: PYPI_UPLOAD_URL,
      simpleUrl: PYPI_SIMPLE_URL,
    }),
    goModule({ directory: 'packages/ameide_sdk_go', mirror: GO_MIRROR }),
    ghcr({
      image: `${OCI_PREFIX}/ameide-sdk-ts`,
      files: 'packages/ameide_sdk_ts',
      build: ['pnpm', 'run', 'build'],
      ...oci,
    }),
    ghcr({ image: `${OCI_PREFIX}/ameide-sdk-go`, files: 'packages/ameide_sdk_go', ...oci }),
    ghcr({ image: `${OCI_PREFIX}/ameide-sdk-python`, files: 'packages/ameide_sdk_python', ...oci }),
    configuration({
      directory: 'packages/ameide_configuration',
      // What each environment makes of the base has to fit the base's schema.
      schemas: { '/configuration.yaml': 'configuration.schema.json' },
      overlays: { 'environments/': 'configuration.yaml' },
      carriers: [
        npm.bundle('@ameideio/configuration', { registry: NPM_REGISTRY, access: 'public' }),
        ghcr.bundle(`${OCI_PREFIX}/configuration`, oci),
      ],
    }),
  ],
});
