import type { FoundPackage } from '@ameide/source-files/packages';
import { pathIn } from '@ameide/versioning-core';
import type { RepositoryFacts } from './facts.ts';
import {
  installCommand,
  type JavaScript,
  programCommand,
  rootScriptCommand,
} from './javascript.ts';
import { buildScript, neededBuilds, neededCommands } from './needed-builds.ts';

type Argv = readonly [string, ...string[]];

/** What runs before packing. */
export interface BuildPlan {
  /** Once, in the root of the checkout. */
  readonly prepare: readonly Argv[];
  /** In the folder of each package, by the path of its manifest. */
  readonly builds: ReadonlyMap<string, Argv>;
}

/** Decides how npm packages are built: see `planWorkspace`. */
export function planBuilds(facts: RepositoryFacts, published: readonly FoundPackage[]): BuildPlan {
  const npm = published.filter(({ ecosystem }) => ecosystem === 'npm');
  const byWorkspace = Map.groupBy(npm, ({ manifest }) => facts.workspaces.get(manifest));
  const plans = [...byWorkspace].flatMap(([workspace, packages]) =>
    workspace === undefined ? [] : [planWorkspace(workspace, packages, facts)],
  );
  return {
    prepare: plans.flatMap(({ prepare }) => prepare),
    builds: new Map(plans.flatMap(({ builds }) => [...builds])),
  };
}

/**
 * Each package builds itself if each can: then a dev build contains its own version. Else the `build` script of the
 * workspace's root runs once, as it does for the maintainers. It also runs first if a package needs others to be
 * built; without one, those are built in order.
 */
function planWorkspace(
  workspace: JavaScript,
  packages: readonly FoundPackage[],
  facts: RepositoryFacts,
): BuildPlan {
  const own = new Map<string, Argv>(
    packages.flatMap(({ manifest }) => {
      const script = buildScript(facts.manifests.get(manifest));
      return script === undefined ? [] : [[manifest, [workspace.manager, 'run', script]] as const];
    }),
  );
  const publishesRoot = packages.some(({ directory }) => directory === workspace.directory);
  const rootScript = buildScript(workspace.root, ['build', 'compile']);
  // Nx keeps what builds a project beside its package.json.
  const usesNx =
    rootScript === undefined &&
    own.size === 0 &&
    facts.paths.has(pathIn(workspace.directory, 'nx.json'));
  if (usesNx)
    return {
      prepare: [
        installCommand(workspace),
        programCommand(workspace, 'nx', 'run-many', '--target=build'),
      ],
      builds: own,
    };
  const forAll =
    rootScript === undefined || publishesRoot
      ? undefined
      : rootScriptCommand(workspace, rootScript);
  const isAtOnce = forAll !== undefined && own.size < packages.length;
  if (!isAtOnce && own.size === 0) return { prepare: [], builds: own };
  const needed = neededBuilds(packages, workspace, facts);
  const isForAll = isAtOnce || needed.length > 0;
  const install = installCommand(workspace);
  const isCached = workspace.manager === 'pnpm' && workspace.hasLockfile;
  return {
    prepare: [
      isCached ? [...install, '--prefer-offline'] : install,
      ...(forAll === undefined ? neededCommands(needed, workspace) : isForAll ? [forAll] : []),
    ],
    builds: isAtOnce ? new Map<string, Argv>() : own,
  };
}
