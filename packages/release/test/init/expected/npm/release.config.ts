import { npm } from '@ameide/publisher-npm';
import { defineRelease } from '@ameide/release';

export default defineRelease({
  // Every version is derived from the one in this file.
  versionFile: 'packages/connect/package.json',
  repository: 'https://github.com/acme/npm',
  // Whose signatures and provenances are accepted: those of this workflow.
  identity: {
    repository: 'https://github.com/acme/npm',
    workflow: '.github/workflows/publish-packages.yml',
  },
  // Commits of these branches are published as dev builds.
  branches: ['main'],
  // Runs once, in a checkout of the commit, before anything is built.
  prepare: [
    ['npm', 'install'],
    ['npm', 'run', 'build', '--workspace', '@acme/connect'],
  ],
  publishers: [
    npm({ directory: 'packages/connect', access: 'public', build: ['npm', 'run', 'build'] }),
    npm({ directory: 'packages/connect-node', access: 'public', build: ['npm', 'run', 'build'] }),
  ],
});
