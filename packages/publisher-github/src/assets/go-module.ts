import { readFile, writeFile } from 'node:fs/promises';
import {
  builtFolderProblem,
  createProcesses,
  listMembers,
  packZip,
  zipMembers,
} from '@ameide/publisher-kit';
import { hash1, readGoZipFiles } from '@ameide/publisher-kit/go';
import {
  type Coordinate,
  failed,
  formatCoordinate,
  ok,
  type Problem,
  problem,
  type Result,
  type Step,
} from '@ameide/versioning-core';
import type { GithubPlan, PlannedAsset } from '../plan.ts';

/** The earliest time in a zip archive: 1980-01-01, in Unix seconds. */
const FIRST_ZIP_TIME = 315_532_800;

/**
 * Writes the zip of a module as `go mod download` makes it: the same names and contents, so the same
 * checksum in go.sum. The files are those of the mirror's commit, which the module's own
 * publisher in the release describes.
 */
export async function packModule(
  plan: GithubPlan,
  asset: PlannedAsset,
  file: string,
  step: Step,
): Promise<Result<true>> {
  const required = moduleOf(plan, asset);
  const { problems, value } = await step.resolve(required);
  if (value === undefined) return failed(...problems);
  const { checksums, coordinate, files: tree } = value;
  if (tree === undefined) return failed(notPackable(coordinate, 'it has no files of its own'));
  const { gitDirectory } = tree;
  const store = { gitDirectory, processes: createProcesses(), signal: step.signal };
  const files = (await readGoZipFiles(tree.tree, store)).map(({ content, path }) => ({
    path: `${folderOf(coordinate)}${path}`,
    content,
  }));
  if (hash1(files) !== checksums['zip'])
    return failed(notPackable(coordinate, 'its files do not have the checksum of its mirror'));
  const mtime = Math.max(FIRST_ZIP_TIME, await step.source.commitTime(step.source.sha));
  await writeFile(file, await packZip(files, { mtime }));
  return ok(true);
}

/** The module in the version of the release. */
function moduleOf({ requires = [] }: GithubPlan, { path }: PlannedAsset): Coordinate {
  const found = requires.find(({ ecosystem, name }) => ecosystem === 'go' && name === path);
  if (found === undefined) throw new TypeError(`a plan with ${path} requires it`);
  return found;
}

function folderOf({ name, version }: Coordinate): string {
  return `${name}@${version}/`;
}

function notPackable(coordinate: Coordinate, why: string): Problem {
  const name = formatCoordinate(coordinate);
  return problem({
    code: 'github-module-unpackable',
    kind: 'incomplete',
    message: `${name} cannot be packed for the release: ${why}.`,
    hint: 'Nothing was published. Leave the module out of the option assets, and report this as a fault of this program.',
    coordinate: name,
    rerun: 'after-fix',
  });
}

/**
 * Reads the zip of a module that another machine has packed. Its files come from the mirror, which this
 * machine may not have, so only their names are checked.
 */
export async function checkModule(
  plan: GithubPlan,
  asset: PlannedAsset,
  file: string,
  signal: AbortSignal,
): Promise<Problem | undefined> {
  const folder = folderOf(moduleOf(plan, asset));
  const files = await listMembers(zipMembers(await readFile(file)))
    .then((members) => members.map(({ path }) => path))
    .catch((): readonly string[] => []);
  signal.throwIfAborted();
  return files.includes(`${folder}go.mod`) && files.every((path) => path.startsWith(folder))
    ? undefined
    : builtFolderProblem(plan.publisher, `${asset.name} is not the zip of ${folder.slice(0, -1)}`);
}
