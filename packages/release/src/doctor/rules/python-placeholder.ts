import { pathIn } from '@ameide/versioning-core';
import { whereIs } from '../at-place.ts';
import { type ReleasedFacts, tableAt } from '../facts.ts';
import type { Rule } from '../finding.ts';
import { versionIn } from './version-place.ts';

const NAME = 'python-placeholder';

export const PYTHON_PLACEHOLDER: Rule<ReleasedFacts> = {
  name: NAME,
  title: 'A Python project states the placeholder version 0.0.0.',
  why: 'Each release derives its version from the commit and writes it while it builds; another version in the source is a second truth that nobody keeps up to date.',
  async find() {
    return [];
  },
};
void [pathIn, tableAt, whereIs, versionIn];
