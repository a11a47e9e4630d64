import { npm } from '@ameide/publisher-npm';
import { defineRelease } from '@ameide/release';

export default defineRelease({
  // Every version is derived from the one in this file.
  versionFile: 'package.json',
  repository: 'https://github.com/acme/plain',
  // Whose signatures and provenances are accepted: those of this workflow.
  identity: {
    repository: 'https://github.com/acme/plain',
    workflow: '.github/workflows/publish-packages.yml',
  },
  // Commits of these branches are published as dev builds.
  branches: ['main'],
  publishers: [npm({ directory: '.' })],
});
