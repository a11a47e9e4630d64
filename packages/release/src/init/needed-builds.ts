import type { FoundPackage } from '@ameide/source-files/packages';
import { isBelow } from '@ameide/versioning-core';
import type { RepositoryFacts } from './facts.ts';
import { type JavaScript, type Manifest, memberScriptCommand } from './javascript.ts';

type Argv = readonly [string, ...string[]];

/** The names of scripts that build, the most usual first. No lifecycle script runs by itself. */
const BUILD_SCRIPTS = ['build', 'compile', 'prepack'];

export function buildScript(
  manifest: Manifest | undefined,
  names: readonly string[] = BUILD_SCRIPTS,
): string | undefined {
  return names.find((name) => manifest?.scripts[name] !== undefined);
}

/** A package that has to be built before others. */
interface Needed {
  readonly name: string;
  readonly script: string;
}

/**
 * The other packages of the workspace that these need, published or not, each after those that it needs itself: each
 * artifact is built in a copy of the checkout, which has nothing of the builds of the others.
 */
export function neededBuilds(
  published: readonly FoundPackage[],
  workspace: JavaScript,
  { manifests, packages }: Pick<RepositoryFacts, 'manifests' | 'packages'>,
): readonly Needed[] {
  if (!workspace.hasMembers) return [];
  const members = new Map(
    packages.flatMap(({ directory, ecosystem, manifest, name }) =>
      ecosystem === 'npm' &&
      directory !== workspace.directory &&
      isBelow(workspace.directory, directory)
        ? [[name, manifests.get(manifest)] as const]
        : [],
    ),
  );
  const seen = new Set<string>();
  const others = (manifest: Manifest | undefined): readonly Needed[] =>
    [...(manifest?.dependencies ?? [])].flatMap((name) => {
      const member = members.get(name);
      if (member === undefined || seen.has(name)) return [];
      seen.add(name);
      const script = buildScript(member);
      return [...others(member), ...(script === undefined ? [] : [{ name, script }])];
    });
  return published.flatMap(({ manifest }) => others(manifests.get(manifest)));
}

/** The commands that build them in this order: those with one script in one command, where the manager keeps the order. */
export function neededCommands(needed: readonly Needed[], workspace: JavaScript): readonly Argv[] {
  const groups: { readonly script: string; readonly names: string[] }[] = [];
  for (const { name, script } of needed) {
    const last = groups.at(-1);
    // pnpm sorts the packages of one command, npm takes them as they are named.
    const isTogether = workspace.manager === 'pnpm' || workspace.manager === 'npm';
    if (isTogether && last?.script === script) last.names.push(name);
    else groups.push({ script, names: [name] });
  }
  return groups.map(({ names, script }) => memberScriptCommand(workspace, script, names));
}
