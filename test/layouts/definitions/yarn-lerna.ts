import { npm } from '@ameide/publisher-npm';
import { defineRelease } from '@ameide/release';
import { registry } from './registries.ts';

export default defineRelease({
  versionFile: 'lerna.json',
  prepare: [['node', './scripts/build.mjs']],
  publishers: ['jest-util', 'jest-cli'].map((name) =>
    npm({ directory: `packages/${name}`, registry }),
  ),
});
