import { npm } from '@ameide/publisher-npm';
import { defineRelease } from '@ameide/release';

export default defineRelease({
  // Every version is derived from the one in this file.
  versionFile: 'package.json',
  repository: 'https://github.com/acme/chain',
  // Whose signatures and provenances are accepted: those of this workflow.
  identity: {
    repository: 'https://github.com/acme/chain',
    workflow: '.github/workflows/publish-packages.yml',
  },
  // Commits of these branches are published as dev builds.
  branches: ['main'],
  // Runs once, in a checkout of the commit, before anything is built.
  prepare: [
    ['pnpm', 'install'],
    ['pnpm', 'run', 'build'],
  ],
  publishers: [
    npm({ directory: 'packages/client', access: 'public', build: ['pnpm', 'run', 'build'] }),
    npm({ directory: 'packages/next', access: 'public', build: ['pnpm', 'run', 'build'] }),
    npm({ directory: 'packages/server', access: 'public', build: ['pnpm', 'run', 'build'] }),
  ],
});
