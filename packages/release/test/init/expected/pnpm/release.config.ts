import { npm } from '@ameide/publisher-npm';
import { defineRelease } from '@ameide/release';

export default defineRelease({
  // Every version is derived from the one in this file.
  versionFile: 'packages/core/package.json',
  // After a release, the pending changesets decide which version dev builds lead to.
  afterRelease: 'changesets',
  repository: 'https://github.com/acme/pnpm',
  // Whose signatures and provenances are accepted: those of this workflow.
  identity: {
    repository: 'https://github.com/acme/pnpm',
    workflow: '.github/workflows/publish-packages.yml',
  },
  // Commits of these branches are published as dev builds.
  branches: ['main'],
  // Runs once, in a checkout of the commit, before anything is built.
  prepare: [
    ['pnpm', 'install'],
    ['pnpm', '--filter', '@acme/mcp-core', '--filter', '@acme/mcp-server', 'run', 'build'],
  ],
  publishers: [
    npm({ directory: 'packages/core', access: 'public', build: ['pnpm', 'run', 'build'] }),
    npm({
      directory: 'packages/middleware/hono',
      access: 'public',
      build: ['pnpm', 'run', 'build'],
    }),
    npm({ directory: 'packages/server', access: 'public', build: ['pnpm', 'run', 'build'] }),
  ],
});
