import { dirname, join } from 'node:path';
import { DEFAULT_TOOLS } from '@manypkg/find-root';
import { getPackages } from '@manypkg/get-packages';
import { refuse, workspaceProblem } from './problems.ts';

export type Workspace = Awaited<ReturnType<typeof getPackages>>;

/**
 * Finds the packages that `changeset version` finds in the version file's folder. The search upwards
 * ends at `root`, the root of the repository's files. Throws `InvalidInputError`, code
 * `changesets-workspace`.
 */
export async function findWorkspace(root: string, versionFile: string): Promise<Workspace> {
  const tools = DEFAULT_TOOLS.map((tool) =>
    // A package without a workspace is recognised by the identity of its tool.
    tool.type === 'root'
      ? tool
      : {
          ...tool,
          isMonorepoRoot: async (folder: string) =>
            `${folder}/`.startsWith(`${root}/`) && (await tool.isMonorepoRoot(folder)),
        },
  );
  return refuse(
    root,
    () => getPackages(dirname(join(root, versionFile)), { tools }),
    (reason) => workspaceProblem(`a package of a workspace that changesets can read; ${reason}`),
  );
}
