import type { Pace } from '@ameide/publisher-kit';
import { type Problem, problem } from '@ameide/versioning-core';
import type { RegistryClient } from '../registry/client.ts';
import {
  type ManifestRemoval,
  type ManifestToRemove,
  type RemoveManifest,
  removeByProtocol,
} from '../removal/remove-manifest.ts';
import type { PackagesClient, PackageVersion } from './packages-client.ts';

/** GitHub asks for a second between two writes ("Best practices for using the REST API"). */
const BETWEEN_MS = 1000;

/**
 * Removes with GitHub's REST API, in which a manifest is a version of the package. Reads a tagged
 * version again before it deletes it, because a deletion removes all tags of the version.
 */
export function removeFromPackages(
  client: RegistryClient,
  packages: PackagesClient,
  versions: ReadonlyMap<string, PackageVersion>,
  pace: Pace,
): RemoveManifest {
  let isFirst = true;
  return async (manifest) => {
    const listed = versions.get(manifest.digest);
    if (listed === undefined) return unlisted(client, manifest, pace);
    const isTagged = manifest.tags.length + listed.tags.length > 0;
    const now = isTagged ? await packages.version(listed.id) : { value: listed };
    if (now.value === undefined) return { state: 'incomplete', problem: now.problems[0] };
    if (now.value === 'absent') return { state: 'gone' };
    const other = now.value.tags.find((tag) => !manifest.tags.includes(tag));
    if (other !== undefined) return { state: 'kept', reason: `the tag ${other} names it, too` };
    if (!isFirst) await pace.wait(BETWEEN_MS);
    isFirst = false;
    return deleteVersion(packages, listed, pace);
  };
}

async function deleteVersion(
  packages: PackagesClient,
  version: PackageVersion,
  pace: Pace,
): Promise<ManifestRemoval> {
  const removed = await removeByProtocol(
    {
      send: async () => packages.delete(version),
      async read() {
        const { problems, value } = await packages.version(version.id);
        if (value === undefined) return { state: 'unknown', problem: problems[0] };
        return { state: value === 'absent' ? 'identical' : 'absent' };
      },
    },
    pace,
  );
  if (removed.state !== 'incomplete') return removed;
  const reason = REFUSALS.find(([words]) => words.test(removed.problem.message))?.[1];
  return reason === undefined ? removed : { state: 'kept', reason };
}

/** Versions that GitHub never deletes, however often one asks. Its messages are known from public reports. */
const REFUSALS: readonly (readonly [RegExp, string])[] = [
  [
    /last (?:tagged )?version of a package/i,
    'GitHub does not delete the last tagged version of a package: delete the whole package if it is no longer needed',
  ],
  [
    /more than 5,?000 downloads/i,
    'GitHub does not delete a public version with more than 5,000 downloads: ask GitHub Support',
  ],
];

/** Handles a manifest that GitHub's list lacks: the list may lag behind the registry. */
async function unlisted(
  client: RegistryClient,
  { digest }: ManifestToRemove,
  { signal }: Pace,
): Promise<ManifestRemoval> {
  const read = await client.manifest(digest, signal);
  if (read.state === 'absent') return { state: 'gone' };
  const found = read.state === 'unknown' ? read.problem : notListed(client, digest);
  return { state: 'incomplete', problem: found };
}

function notListed(client: RegistryClient, digest: string): Problem {
  const { coordinate, what } = client.operation('delete', digest);
  return problem({
    code: 'ghcr-version-not-listed',
    kind: 'incomplete',
    message: `Could not ${what}: the registry has this manifest, but GitHub's list of the package's versions does not.`,
    hint: 'Run the same command again in a while. If this repeats, check the option packagesApi: it may name another GitHub than the image does.',
    coordinate,
  });
}
