import { createWorkspace } from '@ameide/publisher-kit';
import { type BaseVersion, parseBase, type SourceTree } from '@ameide/versioning-core';
import { planReleases } from './plan-releases.ts';
import { writeVersionedFiles } from './versioned-files.ts';

export interface NextBase {
  /** Undefined if the pending changesets do not raise the version file's package. */
  readonly nextBase?: BaseVersion;
  /** Explains to people where the next base comes from, or why there is none. */
  readonly note: string;
}

/**
 * Returns the version that `changeset version` would write into the version file at the commit.
 * Reads the commit alone, offline, by changesets' own code on a private copy of the files that it
 * looks at. In pre mode it is the version without its suffix: `0.2.0` of `0.2.0-next.0`.
 * Throws `InvalidInputError` where `changeset version` fails.
 */
export async function readNextBase(source: SourceTree, versionFile: string): Promise<NextBase> {
  await using workspace = await createWorkspace();
  const { directory } = workspace;
  await writeVersionedFiles(source, directory);
  const { name, pending, release, skipped } = await planReleases(directory, versionFile);
  if (release !== undefined) {
    const [base] = release.newVersion.split(/[-+]/);
    const raised = `The pending changesets raise ${name} to ${release.newVersion} (${release.type}).`;
    return { nextBase: parseBase(base, `${versionFile}: version`), note: raised };
  }
  if (pending === 0) return { note: 'No changeset is pending, so this is the next patch.' };
  const why = skipped === undefined ? '' : `: ${skipped}`;
  return { note: `The pending changesets do not raise ${name}${why}. So this is the next patch.` };
}
