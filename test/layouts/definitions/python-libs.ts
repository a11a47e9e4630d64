import { pypi } from '@ameide/publisher-pypi';
import { defineRelease } from '@ameide/release';
import { index } from './registries.ts';

export default defineRelease({
  versionFile: 'libs/core/pyproject.toml',
  publishers: ['libs/core', 'libs/main'].map((directory) => pypi({ directory, ...index })),
});
