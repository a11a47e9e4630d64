import type { FoundPackage } from '@ameide/source-files/packages';
import { pathIn } from '@ameide/versioning-core';
import { parseGoModulePath } from '@ameide/versioning-core/go';
import { hasFile, type RepositoryFacts } from './facts.ts';
import { placeDoubt, rootDoubt } from './place-doubt.ts';

/** A package that could be published, and whether it is one that usually is. */
export interface Candidate {
  readonly found: FoundPackage;
  /** Why it is not published unless the user asks for it: `it is below tools/`. */
  readonly doubt?: string;
}

/** Returns every package that is not private, sorted as `findPackages` sorts. */
export async function findCandidates(facts: RepositoryFacts): Promise<readonly Candidate[]> {
  const open = facts.packages.filter(({ isPrivate }) => !isPrivate);
  return Promise.all(
    open.map(async (found) => {
      const doubt =
        (await ownDoubt(found, facts)) ??
        placeDoubt(found.directory, facts.manifests.get(found.manifest)?.json);
      return { found, ...(doubt === undefined ? {} : { doubt }) };
    }),
  );
}

async function ownDoubt(
  { directory, ecosystem, manifest, name, version }: FoundPackage,
  facts: RepositoryFacts,
): Promise<string | undefined> {
  if (ecosystem === 'npm') {
    if (version === undefined) return 'its package.json has no version';
    const { json } = facts.manifests.get(manifest) ?? { json: {} };
    const isRoot = directory === '' && facts.javascript?.hasMembers === true;
    return isRoot ? rootDoubt(json) : undefined;
  }
  if (
    ecosystem === 'go' &&
    !endsInFolder(name, directory) &&
    mirrorFor({ directory, name }, facts.repositoryUrl) === undefined
  )
    return `its path does not end in its folder ${directory}: name its own repository with --mirror`;
  if (ecosystem === 'go' && hasFile(facts, directory, 'main.go')) {
    const program = (await facts.files.readText(pathIn(directory, 'main.go'))) ?? '';
    return /^package main$/m.test(program) ? 'it is a program' : undefined;
  }
  return undefined;
}

/** In one repository, go finds a module below the root by the end of its path (https://go.dev/ref/mod#vcs-dir). */
function endsInFolder(name: string, directory: string): boolean {
  const { path, prefix } = parseGoModulePath(name);
  return directory === '' || [path, prefix].some((one) => one.endsWith(`/${directory}`));
}

/**
 * The repository that a module path on a known host leads to, if it is another one than this:
 * `github.com/acme/sdk-go/v2` leads to `https://github.com/acme/sdk-go.git`.
 */
export function mirrorFor(
  { directory, name }: Pick<FoundPackage, 'directory' | 'name'>,
  repositoryUrl: string | undefined,
): string | undefined {
  const { prefix } = parseGoModulePath(name);
  const [host = '', owner = '', repository = '', ...rest] = prefix.split('/');
  if (!/^(?:github|gitlab|codeberg)\.(?:com|org)$/.test(host) || repository === '')
    return undefined;
  const own = repositoryUrl?.replace(/^https:\/\//, '').toLowerCase();
  if (`${host}/${owner}/${repository}`.toLowerCase() === own) return undefined;
  // A path below another repository's root cannot be the root of a mirror.
  return rest.length === 0 && directory !== ''
    ? `https://${host}/${owner}/${repository}.git`
    : undefined;
}
