import { npm } from '@ameide/publisher-npm';
import { defineRelease } from '@ameide/release';

export default defineRelease({
  // Every version is derived from the one in this file.
  versionFile: 'lerna.json',
  repository: 'https://github.com/acme/lerna',
  // Whose signatures and provenances are accepted: those of this workflow.
  identity: {
    repository: 'https://github.com/acme/lerna',
    workflow: '.github/workflows/publish-packages.yml',
  },
  // Commits of these branches are published as dev builds.
  branches: ['main'],
  // Runs once, in a checkout of the commit, before anything is built.
  prepare: [
    ['yarn', 'install'],
    ['yarn', 'run', 'build'],
  ],
  publishers: [
    npm({ directory: 'packages/expect-acme', access: 'public' }),
    npm({ directory: 'packages/expect-utils', access: 'public' }),
  ],
  // What uses the published packages: consume and inventory look here.
  consumers: { include: ['website'] },
});
