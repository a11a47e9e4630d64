import { formatImageReference } from '@ameide/source-files/image';
import { applyEdits, type Edit } from '@ameide/source-files/text';
import type { Problem } from '@ameide/versioning-core';
import type { Scalar } from 'yaml';
import { type ManifestDocument, readDocuments } from '../manifest/document.ts';
import { textOf } from '../manifest/node.ts';
import type { DocumentImages } from '../places/find-images.ts';
import type { ImagePlace } from '../places/place.ts';
import { readImage } from '../places/read-image.ts';
import { type DocumentPins, placeOf } from './document-pins.ts';
import { insertion } from './insertion.ts';
import { pinFailed, sharedText } from './pin-problem.ts';
import { isOnlyChangedBy } from './same-tree.ts';
import { scalarEdit } from './scalar-edit.ts';
import { createSourceText } from './source-text.ts';
import { type Addition, changedScalars, type Entries } from './wishes.ts';

/** One value that changes. Lines and columns count from 1, in the text before all changes. */
export interface PinChange {
  readonly line: number;
  readonly column: number;
  /** `spec.template.spec.containers[0].image` */
  readonly field: string;
  /** What was there; left out for a value that is added. */
  readonly from?: string;
  readonly to: string;
}

export interface DocumentEdits {
  readonly edits: readonly Edit[];
  readonly changes: readonly PinChange[];
}

const NOTHING: DocumentEdits = { edits: [], changes: [] };

/**
 * The edits that fulfil the wishes for a document. They are tried on it first: if it would not become
 * exactly what was wished, there are none, and a problem says so.
 */
export function editsFor(found: DocumentImages, at: DocumentPins): DocumentEdits {
  const { document, file, run, wishes } = at;
  const source = createSourceText(file.text, document);
  const scalars = changedScalars(wishes).map(({ field, text, value }) => ({
    edits: [scalarEdit(value.node as Scalar<string>, text, file.text)],
    changes: [
      {
        ...document.positionOf(value.node.range?.[0] ?? 0),
        field,
        from: textOf(value.node) ?? '',
        to: text,
      },
    ],
  }));
  const additions = [...wishes.additions.values()].map((addition) => {
    const edits = insertion(addition, source);
    if (edits.length === 0)
      run.problems.push(
        pinFailed('there is no safe position for a new key', placeOf(at, addition.into)),
      );
    return { edits, changes: added(addition, edits, document) };
  });
  const all = [...scalars, ...additions];
  const edits = all.flatMap((one) => one.edits);
  if (edits.length === 0 || all.some((one) => one.edits.length === 0)) return NOTHING;
  const problem = tried(edits, found, at);
  if (problem !== undefined) {
    run.problems.push(problem);
    return NOTHING;
  }
  const changes = all.flatMap((one) => one.changes);
  return {
    edits,
    changes: changes.toSorted((a, b) => a.line - b.line || a.column - b.column),
  };
}

function added(
  { entries, field }: Addition,
  [edit]: readonly Edit[],
  { positionOf }: ManifestDocument,
): readonly PinChange[] {
  return leaves(entries).map(([key, to]) => ({
    ...positionOf(edit?.start ?? 0),
    field: /^\w+$/.test(key) ? `${field}${field === '' ? '' : '.'}${key}` : `${field}["${key}"]`,
    to,
  }));
}

function leaves(entries: Entries): readonly (readonly [string, string])[] {
  return [...entries].flatMap(([key, value]) =>
    typeof value === 'string' ? [[key, value] as const] : leaves(value),
  );
}

/** Reads the changed document again. Documents do not influence each other, so one is enough. */
function tried(
  edits: readonly Edit[],
  found: DocumentImages,
  at: DocumentPins,
): Problem | undefined {
  const { document, file, run, wishes } = at;
  const [from, to] = document.range;
  const moved = edits.map(({ end, start, text }) => ({
    start: start - from,
    end: end - from,
    text,
  }));
  const text = applyEdits(file.text.slice(from, to), moved);
  const [after, more] = readDocuments(text);
  const failed = (what: string): Problem => {
    const node = document.root;
    return pinFailed(what, node === undefined ? { path: file.path } : placeOf(at, node));
  };
  if (after === undefined || more !== undefined || after.faults.length > 0)
    return failed('the result would not be one document of YAML');
  const places = placesOf(run.findImages(after, file));
  const shared = placesOf(found).find((place, index) => {
    const expected = at.expected.get(place);
    const actual = places[index];
    return expected !== undefined && (actual === undefined || imageAt(actual, text) !== expected);
  });
  if (shared !== undefined) {
    const node = imageNode(shared);
    return sharedText(node, placeOf(at, node, shared.path));
  }
  return isOnlyChangedBy(wishes, document, after)
    ? undefined
    : failed('the result would differ in more than what was asked for');
}

function placesOf({ groups }: DocumentImages): readonly ImagePlace[] {
  return groups.flatMap(({ places }) => places);
}

function imageAt(place: ImagePlace, source: string): string | undefined {
  const read = readImage(place, source);
  return 'wrong' in read ? undefined : formatImageReference(read.reference);
}

function imageNode({ image }: ImagePlace) {
  return image.form === 'reference' ? image.value.written : image.map.written;
}
