import type { FoundPackage } from '@ameide/source-files/packages';
import { placeDoubt, rootDoubt } from '../../init/place-doubt.ts';
import type { ReleasedFacts } from '../facts.ts';
import type { Finding, Rule } from '../finding.ts';
import { npmRoots } from '../lockfiles/npm-locks.ts';

const NAME = 'not-published';

export const NOT_PUBLISHED: Rule<ReleasedFacts> = {
  name: NAME,
  title: 'Every npm package that is not private is in the definition.',
  why: 'A package that everybody takes for published, and that no release publishes, keeps its last version for ever; a service that only runs here says so with "private".',
  async find(facts) {
    const { file, published } = facts.release;
    const known = new Set(published.map(({ directory, ecosystem }) => `${ecosystem} ${directory}`));
    const findings: Finding[] = [];
    for (const { directory, manifest, name } of facts.packages.filter((one) =>
      isMissing(one, known),
    )) {
      if (await isForOwnUse(directory, manifest, facts)) continue;
      findings.push({
        rule: NAME,
        message: `${name} is not private, and ${file} does not publish it.`,
        hint: `Add ${entry(file, directory === '' ? '.' : directory)} to the publishers, or write "private": true.`,
        path: manifest,
      });
    }
    return findings;
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

/** What `init` would not propose either: nobody takes it for published. */
async function isForOwnUse(
  directory: string,
  manifest: string,
  facts: ReleasedFacts,
): Promise<boolean> {
  const json = await facts.reader.json(manifest);
  if (placeDoubt(directory, json) !== undefined) return true;
  if (directory !== '') return false;
  const roots = await npmRoots(facts);
  return (
    roots.some((root) => root.directory === '' && root.isWorkspace) &&
    rootDoubt(json ?? {}) !== undefined
  );
}
