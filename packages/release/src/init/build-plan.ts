import type { FoundPackage } from '@ameide/source-files/packages';
import { pathIn } from '@ameide/versioning-core';
import type { RepositoryFacts } from './facts.ts';
import {
  installCommand,
  type JavaScript,
  type Manifest,
  programCommand,
  rootScriptCommand,
} from './javascript.ts';

type Argv = readonly [string, ...string[]];

/** What runs before packing. */
export interface BuildPlan {
  /** Once, in the root of the checkout. */
  readonly prepare: readonly Argv[];
  /** In the folder of each package, by the path of its manifest. */
  readonly builds: ReadonlyMap<string, Argv>;
}

/** The names of scripts that build, the most usual first. No lifecycle script runs by itself. */
const BUILD_SCRIPTS = ['build', 'compile', 'prepack'];

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
 * Each package builds itself if each can: then a dev build contains its own version. Else the `build`
 * script of the workspace's root runs once, as it does for the maintainers: some package has no script of
 * its own, or needs one that is not published to be built first.
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
  const rootScript = buildScript(workspace.root, BUILD_SCRIPTS.slice(0, 2));
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
  const isAtOnce =
    rootScript !== undefined &&
    !packages.some(({ directory }) => directory === workspace.directory) &&
    (own.size < packages.length || needsOthers(packages, facts));
  const builds = isAtOnce ? new Map<string, Argv>() : own;
  if (!isAtOnce && builds.size === 0) return { prepare: [], builds };
  const install = installCommand(workspace);
  const isCached = workspace.manager === 'pnpm' && workspace.hasLockfile;
  return {
    prepare: [
      isCached ? [...install, '--prefer-offline'] : install,
      ...(isAtOnce ? [rootScriptCommand(workspace, rootScript)] : []),
    ],
    builds,
  };
}

/** True if one depends on a package that has to be built and is not published. */
function needsOthers(
  published: readonly FoundPackage[],
  { manifests, packages }: RepositoryFacts,
): boolean {
  const names = new Set(published.map(({ name }) => name));
  const others = packages.filter(
    ({ ecosystem, manifest, name }) =>
      ecosystem === 'npm' && !names.has(name) && buildScript(manifests.get(manifest)) !== undefined,
  );
  return published.some(({ manifest }) =>
    others.some(({ name }) => manifests.get(manifest)?.dependencies.has(name)),
  );
}

function buildScript(
  manifest: Manifest | undefined,
  names: readonly string[] = BUILD_SCRIPTS,
): string | undefined {
  return names.find((name) => manifest?.scripts[name] !== undefined);
}
