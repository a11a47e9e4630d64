import { isDeepStrictEqual } from 'node:util';
import { applyEdits, type Edit, inOrder } from '../text/edit.ts';
import type { Dependency } from './dependency.ts';
import { type Found, UnreadableFile } from './found.ts';
import { readerOf } from './readers.ts';
import { differingLeaves } from './structure.ts';

/** A dependency of a file, and what it is to ask for. */
export interface DependencyChange {
  readonly dependency: Dependency;
  readonly requirement: string;
}

/** The edits, or why there are none; the reason follows "cannot be changed:". */
export type DependencyEdits =
  | { readonly edits: readonly Edit[]; readonly refused?: never }
  | { readonly edits?: never; readonly refused: string };

/**
 * Changes what a file asks for, and no other byte. The changed file is read again: every dependency must be as it was,
 * except those that were to change. The text has no BOM.
 */
export function editDependencies(
  path: string,
  text: string,
  changes: readonly DependencyChange[],
): DependencyEdits {
  const before = read(path, text);
  if (before === undefined) return { refused: 'the file cannot be read' };
  const wanted = wantedOf(before, changes);
  if (typeof wanted === 'string') return { refused: wanted };
  const edits = new Map<number, Edit>();
  for (const [found, requirement] of wanted) {
    const { dependency, write } = found;
    const { end, start } = dependency.place;
    if (dependency.requirement === requirement) continue;
    if (dependency.isHashed === true)
      return { refused: `the hashes of ${dependency.name} are those of its old version` };
    const written = write(requirement);
    if (written === undefined)
      return { refused: `${dependency.field} cannot hold ${JSON.stringify(requirement)} there` };
    const other = edits.get(start);
    if (other !== undefined && other.text !== written)
      return { refused: `line ${dependency.place.line} holds the version of several dependencies` };
    edits.set(start, { start, end, text: written });
  }
  return verified({ path, text, before, wanted }, inOrder([...edits.values()]));
}

/** Every dependency at a place that changes, and what it is to ask for. */
function wantedOf(
  before: readonly Found[],
  changes: readonly DependencyChange[],
): ReadonlyMap<Found, string> | string {
  const wanted = new Map<Found, string>();
  for (const { dependency, requirement } of changes) {
    const found = before.find((one) => isDeepStrictEqual(one.dependency, dependency));
    if (found === undefined)
      return `line ${dependency.place.line} no longer asks for ${dependency.name}`;
    wanted.set(found, requirement);
  }
  return wanted;
}

function verified(
  {
    before,
    path,
    text,
    wanted,
  }: {
    readonly path: string;
    readonly text: string;
    readonly before: readonly Found[];
    readonly wanted: ReadonlyMap<Found, string>;
  },
  edits: readonly Edit[],
): DependencyEdits {
  if (edits.length === 0) return { edits };
  const changed = applyEdits(text, edits);
  const after = read(path, changed);
  const expected = before.map((one) => shape(one, wanted.get(one)));
  const differing = before.filter(
    (one) => (wanted.get(one) ?? one.dependency.requirement) !== one.dependency.requirement,
  ).length;
  const isRight =
    after !== undefined &&
    isDeepStrictEqual(
      after.map((one) => shape(one)),
      expected,
    ) &&
    (differingLeaves(path, text, changed) ?? differing) <= differing;
  return isRight ? { edits } : { refused: 'more than this dependency would change' };
}

function shape({ dependency }: Found, wanted?: string): readonly string[] {
  const { ecosystem, field, name, requirement } = dependency;
  return [ecosystem, field, name, wanted ?? requirement];
}

function read(path: string, text: string): readonly Found[] | undefined {
  try {
    return readerOf(path)?.(path, text);
  } catch (error) {
    if (error instanceof UnreadableFile) return undefined;
    throw error;
  }
}
