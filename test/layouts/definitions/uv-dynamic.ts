import { pypi } from '@ameide/publisher-pypi';
import { defineRelease } from '@ameide/release';
import { index } from './registries.ts';

export default defineRelease({
  versionFrom: 'tags',
  publishers: ['acme_ai_slim', '.'].map((directory) => pypi({ directory, ...index })),
});
