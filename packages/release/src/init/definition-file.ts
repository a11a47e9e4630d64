import type { Choices } from './choices.ts';
import type { RepositoryFacts } from './facts.ts';

/** Node takes a `.ts` file for what the nearest package.json says; a `.mts` file is always a module. */
export function definitionFile(
  { javascript }: Pick<RepositoryFacts, 'javascript'>,
  form: Choices['form'],
): string {
  if (form === 'data') return 'release.config.json';
  return javascript?.isModule === true ? 'release.config.ts' : 'release.config.mts';
}
