import { npm } from '@ameide/publisher-npm';
import { defineRelease, type ReleaseDefinition } from '@ameide/release';

const REPOSITORY = 'https://github.com/ameideio/ameide-publishing';
const NPMJS = 'https://registry.npmjs.org';
// npmjs, unless the environment names another registry: a test publishes to one on loopback.
const { NPM_REGISTRY = NPMJS } = process.env;

const PACKAGES = [
  'versioning-core',
  'source-files',
  'publisher-kit',
  'publisher-npm',
  'publisher-pypi',
  'publisher-go',
  'publisher-ghcr',
  'publisher-github',
  'publisher-configuration',
  'deploy-policy',
  'release',
];

const release: ReleaseDefinition = defineRelease({
  // `changeset version` gives all packages one version.
  versionFile: 'packages/versioning-core/package.json',
  repository: REPOSITORY,
  // Whose provenances are accepted: those of the workflow that publishes from this repository.
  identity: { repository: REPOSITORY, workflow: '.github/workflows/publish-packages.yml' },
  afterRelease: 'changesets',
  branches: ['main'],
  prepare: [
    ['pnpm', 'install', '--frozen-lockfile', '--prefer-offline'],
    ['pnpm', 'exec', 'tsc', '-b', ...PACKAGES.map((name) => `packages/${name}`)],
    ['pnpm', 'exec', 'node', 'scripts/bundle.ts'],
  ],
  publishers: PACKAGES.map((name) =>
    npm({
      directory: `packages/${name}`,
      registry: NPM_REGISTRY,
      access: 'public',
      // Few other registries take one.
      provenance: NPM_REGISTRY === NPMJS,
    }),
  ),
});
export default release;
