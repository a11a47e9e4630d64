import { npm } from '@ameide/publisher-npm';
import { defineRelease } from '@ameide/release';
import { registry } from './registries.ts';

export default defineRelease({
  versionFile: 'package.json',
  prepare: [
    ['pnpm', 'install', '--frozen-lockfile'],
    ['pnpm', 'run', 'build'],
  ],
  publishers: ['shared', 'reactivity', 'acme'].map((name) =>
    npm({ directory: `packages/${name}`, access: 'public', registry }),
  ),
});
