import type { GoRetracting, Step } from '@ameide/versioning-core';
import {
  compareGoVersions,
  type GoRetraction,
  goRetractions,
  highestGoTag,
  incompatibleTags,
  retractingTag,
} from '@ameide/versioning-core/go';
import type { Failed, Mirror } from './mirror.ts';
import type { MirrorRefs } from './refs.ts';

interface Reading {
  readonly mirror: Mirror;
  readonly refs: MirrorRefs;
  readonly step: Step;
}

/** What `go` reads from go.mod files before it chooses a version. */
export interface Retractions {
  readonly retracted: readonly GoRetraction[];
  readonly retracting?: GoRetracting;
  /** The tags of major versions from 2 on that are versions, because they are of a time before modules. */
  readonly incompatible: readonly string[];
}

/**
 * Reads what the go.mod of the highest release retracts, and which old tags count with `+incompatible`. Where one of
 * those is the highest release, nothing is retracted, because that one has no go.mod.
 */
export async function readRetractions(
  modulePath: string,
  reading: Reading,
): Promise<Retractions | Failed> {
  const tags = [...reading.refs.versions.keys()];
  const incompatible = await readIncompatible(tags, modulePath, reading);
  if ('failure' in incompatible) return incompatible;
  const found = retractingTag(tags, { modulePath });
  if (found === undefined) return { retracted: [], incompatible: incompatible.tags };
  const texts: (string | undefined)[] = [];
  for (const path of found.paths) {
    const read = await readAt(found.tag, path, reading);
    if ('failure' in read) return read;
    texts.push(read.text);
  }
  const at = texts.findLastIndex((text) => text !== undefined);
  const retracting: GoRetracting = {
    tag: found.tag,
    version: found.tag,
    folder: (found.paths[Math.max(at, 0)] ?? '').replace(/\/?go\.mod$/, ''),
    ...(at < 0 ? { lacksGoMod: true } : {}),
  };
  const isRead = incompatible.tags.every((tag) => compareGoVersions(tag, found.tag) < 0);
  const retracted = isRead ? goRetractions(texts, modulePath) : [];
  return { retracted, retracting, incompatible: incompatible.tags };
}

/** Reads the go.mod files that decide about old tags. Asks for none where there are no such tags. */
async function readIncompatible(
  tags: readonly string[],
  modulePath: string,
  reading: Reading,
): Promise<{ readonly tags: readonly string[] } | Failed> {
  const majors = incompatibleTags(tags, { modulePath });
  const highest = highestGoTag(tags, { modulePath });
  const first = majors.length > 0 && highest !== undefined ? [highest] : [];
  for (const tag of first) {
    const read = await readAt(tag, 'go.mod', reading);
    if ('failure' in read) return read;
    if (read.text !== undefined) return { tags: [] };
  }
  const counted: string[] = [];
  for (const major of majors) {
    const read = await readAt(major.tags[0], 'go.mod', reading);
    if ('failure' in read) return read;
    if (read.text === undefined) counted.push(...major.tags);
  }
  return { tags: counted };
}

async function readAt(
  tag: string,
  path: string,
  { mirror, refs, step }: Reading,
): ReturnType<Mirror['readFile']> {
  const commit = refs.versions.get(tag);
  return commit === undefined
    ? {}
    : mirror.readFile({ ref: `refs/tags/${tag}`, commit }, path, step);
}
