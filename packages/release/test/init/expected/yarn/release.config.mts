import { npm } from '@ameide/publisher-npm';
import { defineRelease } from '@ameide/release';

export default defineRelease({
  // Every version is derived from the one in this file.
  versionFile: 'packages/core/package.json',
  repository: 'https://github.com/acme/yarn',
  // Whose signatures and provenances are accepted: those of this workflow.
  identity: {
    repository: 'https://github.com/acme/yarn',
    workflow: '.github/workflows/publish-packages.yml',
  },
  // Commits of these branches are published as dev builds.
  branches: ['main'],
  // Runs once, in a checkout of the commit, before anything is built.
  prepare: [
    ['yarn', 'install', '--frozen-lockfile'],
    ['yarn', 'run', 'build'],
  ],
  publishers: [
    npm({ directory: 'packages/browser', access: 'public' }),
    npm({ directory: 'packages/core', access: 'public' }),
  ],
});
