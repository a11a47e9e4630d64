import { posix } from 'node:path';
import { inParallel } from '@ameide/publisher-kit';
import { pathIn, type SourceTree } from '@ameide/versioning-core';
import {
  type GoLocalReplacement,
  isVendorConsistent,
  parseGoWork,
} from '@ameide/versioning-core/go';
import { isWithin } from '../module/validate-content.ts';
import type { ModuleAtCommit } from '../validate.ts';

/**
 * What a mirror does without, because `go` would refuse to build a clone of it. Consumers do not
 * notice: `go` reads none of it in a dependency.
 */
export interface LeftOut {
  /** `replace` directives that lead to a folder which the mirror does not have. */
  readonly replacements: readonly GoLocalReplacement[];
  /** A go.work that leads to such a folder. */
  readonly workspace: readonly string[];
  /** Whether there is a `vendor` folder, and whether it disagrees with go.mod. */
  readonly vendor: 'absent' | 'consistent' | 'stale';
}

const WORKSPACE = ['go.work', 'go.work.sum'];

/** `fromCheckout` are paths below the folder whose content is not known before the build. */
export async function readLeftOut(
  { directory, file }: Pick<ModuleAtCommit, 'directory' | 'file'>,
  fromCheckout: readonly string[],
  source: SourceTree,
): Promise<LeftOut> {
  const isThere = (folder: string): Promise<boolean> =>
    isInMirror(folder, { directory, fromCheckout, source });
  const { localReplacements } = file.content;
  const there = await inParallel(localReplacements, ({ folder }) => isThere(folder));
  const replacements = localReplacements.filter((_, index) => !there[index]);
  const goWork = await source.readText(pathIn(directory, 'go.work'));
  const { uses, localReplacements: more } = parseGoWork(goWork ?? '');
  const used = await inParallel([...uses, ...more.map(({ folder }) => folder)], isThere);
  return {
    replacements,
    workspace: used.every(Boolean) ? [] : WORKSPACE,
    vendor: await vendorOf({ directory, file }, fromCheckout, source),
  };
}

/** True if a folder that a go.mod or a go.work names is a module in the mirror. */
async function isInMirror(
  folder: string,
  {
    directory,
    fromCheckout,
    source,
  }: {
    readonly directory: string;
    readonly fromCheckout: readonly string[];
    readonly source: SourceTree;
  },
): Promise<boolean> {
  const goMod = posix.join(folder, 'go.mod');
  if (posix.isAbsolute(goMod) || goMod.startsWith('../')) return false;
  if (fromCheckout.some((one) => isWithin(goMod, one))) return true;
  return (await source.readBytes(pathIn(directory, goMod))) !== undefined;
}

async function vendorOf(
  { directory, file }: Pick<ModuleAtCommit, 'directory' | 'file'>,
  fromCheckout: readonly string[],
  source: SourceTree,
): Promise<LeftOut['vendor']> {
  if (fromCheckout.some((one) => isWithin(one, 'vendor'))) return 'consistent';
  if ((await source.treeId(pathIn(directory, 'vendor'))) === undefined) return 'absent';
  const goMod = (await source.readText(file.path)) ?? '';
  const modulesTxt = await source.readText(pathIn(directory, 'vendor/modules.txt'));
  return isVendorConsistent(goMod, modulesTxt) ? 'consistent' : 'stale';
}
