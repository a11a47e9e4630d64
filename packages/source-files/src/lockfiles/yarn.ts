import { folderOf, pathIn, type SourceFiles } from '@ameide/versioning-core';
import type { JsonObject } from '../json/json.ts';
import { readLeniently } from '../npm/find-root.ts';
import { openWorkspace } from '../npm/workspace.ts';
import type { LockedEntry, LockGraph } from './graph.ts';
import { objectAt, textAt, textsOf } from './parse.ts';
import { readBerryEntries } from './yarn-berry.ts';
import { readClassicEntries } from './yarn-classic.ts';
import type { Descriptor, YarnEntry } from './yarn-entries.ts';
import { yarnResolver } from './yarn-resolve.ts';

/** Reads a yarn.lock of Yarn 1 or of a later one. */
export async function readYarnLock(
  path: string,
  text: string,
  files: SourceFiles,
): Promise<LockGraph> {
  const root = folderOf(path);
  const isBerry = /^__metadata:/m.test(text);
  const locked = isBerry ? readBerryEntries(text, root) : await readClassicEntries(text);
  const workspace = await openWorkspace(files, root);
  const members = await workspaceEntries(files, root, locked);
  const entries = [...locked.filter(({ folder }) => folder === undefined), ...members];
  const manifest = await readLeniently(files, root);
  const resolve = yarnResolver(entries, {
    resolutions: textsOf(objectAt(manifest, 'resolutions')),
    catalogs: workspace.settings.catalogs,
  });
  const keysOf = (needs: readonly Descriptor[], by: Descriptor): readonly string[] =>
    needs.flatMap((need) => resolve(need, by).map(String));
  return {
    ecosystem: 'npm',
    kind: 'yarn',
    path,
    projects: new Map(
      members.map(({ develops, folder, locator, needs }) => [
        folder,
        keysOf([...needs, ...develops], locator),
      ]),
    ),
    entry: (key) => entries[Number(key)]?.entry,
    next(key) {
      const one = entries[Number(key)];
      return one === undefined ? [] : keysOf(one.needs, one.locator);
    },
  };
}

type Member = YarnEntry & { readonly folder: string };

/**
 * The packages of the workspace. Yarn 1 does not list them; a later Yarn does, but not which of their needs
 * are for development.
 */
async function workspaceEntries(
  files: SourceFiles,
  root: string,
  locked: readonly YarnEntry[],
): Promise<readonly Member[]> {
  const workspace = await openWorkspace(files, root);
  // A lockfile of a member decides for that member alone.
  const packages = workspace.settings.root === root ? await workspace.packages() : [];
  const folders = new Set([root, ...packages.map(({ directory }) => directory)]);
  const members: Member[] = [];
  for (const folder of folders) {
    const member = memberOf(root, folder, await readLeniently(files, folder));
    const listed = locked.find((one) => one.folder === folder);
    members.push(listed === undefined ? member : asListed(member, listed));
  }
  return members;
}

function asListed(member: Member, { descriptors, entry }: YarnEntry): Member {
  return {
    ...member,
    entry: { ...member.entry, line: entry.line },
    descriptors: [...member.descriptors, ...descriptors],
  };
}

function memberOf(root: string, folder: string, manifest: JsonObject): Member {
  const name = textAt(manifest, 'name') ?? '';
  const version = textAt(manifest, 'version') ?? '';
  const below = folder === root ? '.' : folder.slice(pathIn(root, '').length);
  const entry: LockedEntry = {
    name,
    version,
    source: 'workspace',
    directory: folder,
    line: () => 1,
  };
  const ranges = [
    `workspace:${below}`,
    ...['^', '~', '*', version].flatMap((range) => [`workspace:${range}`]),
  ];
  return {
    entry,
    folder,
    locator: { name, range: `workspace:${below}` },
    descriptors: ranges.map((range) => ({ name, range })),
    needs: needsOf(manifest, ['dependencies', 'optionalDependencies']),
    develops: needsOf(manifest, ['devDependencies']),
  };
}

function needsOf(manifest: JsonObject, groups: readonly string[]): readonly Descriptor[] {
  return groups.flatMap((group) =>
    textsOf(objectAt(manifest, group)).map(([name, range]) => ({ name, range })),
  );
}
