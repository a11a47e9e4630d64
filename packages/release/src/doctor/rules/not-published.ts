import type { FoundPackage } from '@ameide/source-files/packages';
import type { ReleasedFacts } from '../facts.ts';
import type { Finding, Rule } from '../finding.ts';

const NAME = 'not-published';

export const NOT_PUBLISHED: Rule<ReleasedFacts> = {
  name: NAME,
  title: 'Every npm package that is not private is in the definition.',
  why: 'A package that everybody takes for published, and that no release publishes, keeps its last version for ever; a service that only runs here says so with "private".',
  async find({ packages, release: { file, published } }) {
    const known = new Set(published.map(({ directory, ecosystem }) => `${ecosystem} ${directory}`));
    return packages
      .filter((one) => isMissing(one, known))
      .map(
        ({ directory, manifest, name }): Finding => ({
          rule: NAME,
          message: `${name} is not private, and ${file} does not publish it.`,
          hint: `Add ${entry(file, directory === '' ? '.' : directory)} to the publishers, or write "private": true.`,
          path: manifest,
        }),
      );
  },
};

/** The publisher as the definition writes it, which is data or a program. */
function entry(file: string, directory: string): string {
  return file.endsWith('.json')
    ? JSON.stringify({ npm: { directory } })
    : `npm({ directory: ${JSON.stringify(directory)} })`;
}

/** Most Python projects and Go modules are services, and only npm has a field that says so. */
function isMissing(
  { directory, ecosystem, isPrivate, version }: FoundPackage,
  known: ReadonlySet<string>,
): boolean {
  if (isPrivate || known.has(`${ecosystem} ${directory}`)) return false;
  // npm publishes nothing without a version.
  return ecosystem === 'npm' && version !== undefined;
}
