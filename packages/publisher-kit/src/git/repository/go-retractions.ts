import type { SourceTag, SourceTree } from '@ameide/versioning-core';
import {
  type GoModuleLocation,
  type GoRetraction,
  goRetractions,
  precedingGoTags,
  retractingTag,
} from '@ameide/versioning-core/go';
import { firstAncestorTag } from './first-ancestor-tag.ts';

export interface FoundRetractions {
  readonly retracted: readonly GoRetraction[];
  /**
   * The tag whose go.mod lists the retractions; absent if there is none, or if nothing before the
   * commit could be retracted.
   */
  readonly tag?: string;
}

/**
 * Reads what a Go module has retracted, as `go` sees it: one of all the repository's version tags
 * lists it, on any commit (see `retractingTag`). A go.mod that `go` cannot read retracts nothing.
 * Throws as `refuseShallow` does.
 */
export async function readGoRetractions(
  source: SourceTree,
  module: GoModuleLocation,
): Promise<FoundRetractions> {
  const all = await source.tags();
  const names = all.map(({ tag }) => tag);
  if ((await firstAncestorTag(source, precedingGoTags(names, {}, module))) === undefined)
    return { retracted: [] };
  const retracting = retractingTag(names, module);
  if (retracting === undefined) return { retracted: [] };
  const { tag, paths } = retracting;
  const at = all.find((one) => one.tag === tag);
  const texts = await Promise.all(paths.map((path) => readWithMark(source, at, path)));
  return { tag, retracted: goRetractions(texts, module.modulePath) };
}

/** Reads a file at a tag and keeps its byte order mark. */
async function readWithMark(
  source: SourceTree,
  at: SourceTag | undefined,
  path: string,
): Promise<string | undefined> {
  const bytes = at?.sha === undefined ? undefined : await source.at(at.sha).readBytes(path);
  return bytes === undefined
    ? undefined
    : new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}
