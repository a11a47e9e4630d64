import type { Dependency } from '@ameide/source-files/dependencies';
import { foldersUpFrom, openWorkspace, type PackageWorkspace } from '@ameide/source-files/npm';
import { folderOf, InvalidInputError, type SourceFiles } from '@ameide/versioning-core';

/** What other files say about a place: for that reason it may stay as it is. */
export interface Facts {
  /** Why the place is decided elsewhere, now or once it asks for `version`; to follow "left alone:". */
  readonly decidedElsewhere: (dependency: Dependency, version: string) => string | undefined;
  /** The version of an npm package in the workspace that the place is in; undefined if it has none. */
  readonly workspaceVersion: (dependency: Dependency) => Promise<string | undefined>;
}

export function createFacts(files: SourceFiles, all: readonly Dependency[]): Facts {
  const sources = all.filter(
    ({ field, requirement }) =>
      field === 'tool.uv.sources' && /\b(?:workspace|path|git|url)\b/.test(requirement),
  );
  const replacements = all.filter(({ field }) => field === 'replace');
  const workspaces = new Map<string, Promise<PackageWorkspace | undefined>>();
  const workspaceOf = async (directory: string): Promise<PackageWorkspace | undefined> => {
    const opened =
      workspaces.get(directory) ?? openWorkspace(files, directory).catch(notAWorkspace);
    workspaces.set(directory, opened);
    return opened;
  };
  return {
    decidedElsewhere: (dependency, version) => {
      if (dependency.ecosystem === 'pypi' && dependency.field !== 'tool.uv.sources') {
        const source = nearest(sources, dependency);
        return (
          source &&
          `tool.uv.sources takes it from elsewhere (${source.place.path}:${source.place.line})`
        );
      }
      if (dependency.ecosystem === 'go' && dependency.field === 'require') {
        const versions = new Set([undefined, dependency.requirement, version]);
        const other = nearest(
          replacements.filter(({ replaces }) => versions.has(replaces)),
          dependency,
        );
        const what = other?.replaces ?? 'it';
        return (
          other && `${other.requirement} replaces ${what} (${other.place.path}:${other.place.line})`
        );
      }
      return undefined;
    },
    workspaceVersion: async ({ name, place }) => {
      const directory = folderOf(place.path);
      const workspace = await workspaceOf(directory);
      // npm has no `workspace:`.
      if (workspace === undefined || workspace.settings.manager === 'npm') return undefined;
      if (!workspace.isProject(directory)) return undefined;
      const packages = await workspace.packages().catch(notAWorkspace);
      return packages?.find((one) => one.name === name)?.version;
    },
  };
}

function notAWorkspace(error: unknown): undefined {
  if (!(error instanceof InvalidInputError)) throw error;
}

/** The one of the same package whose file is in the same folder or in one above: members of a workspace obey its root. */
function nearest(
  among: readonly Dependency[],
  { name, place }: Dependency,
): Dependency | undefined {
  const folders = foldersUpFrom(folderOf(place.path));
  return folders
    .map((folder) =>
      among.find(
        (one) =>
          one.name === name &&
          folderOf(one.place.path) === folder &&
          // A go.mod replaces for itself alone, a go.work for all of its modules.
          (!one.place.path.endsWith('go.mod') || one.place.path === place.path),
      ),
    )
    .find((one) => one !== undefined);
}
