import { formatImageReference } from '@ameide/source-files/image';
import { printable } from '@ameide/versioning-core';
import { finding, wrongImage } from '../check/rules.ts';
import { type ManifestDocument, type ManifestFile, TooManyAliases } from '../manifest/document.ts';
import { tooManyAliases } from '../manifest/yaml-problem.ts';
import type { ImageElsewhere } from '../places/elsewhere.ts';
import { isOurPlace } from '../places/our-place.ts';
import type { ImagePlace } from '../places/place.ts';
import { readImage } from '../places/read-image.ts';
import { tagKind } from '../policy/tag-kind.ts';
import { type DocumentEdits, editsFor } from './document-edits.ts';
import { type DocumentPins, type PinRun, placeOf } from './document-pins.ts';
import { keepImage, wishImage } from './image-wishes.ts';
import { pinAnnotations } from './pin-annotations.ts';
import { digestUnknown, inText, pinFailed, sharedText } from './pin-problem.ts';
import { type Wanted, wantedOf } from './wanted.ts';
import { createWishes } from './wishes.ts';

export interface PinnedDocument extends DocumentEdits {
  /** How many images of ours are what was asked for. */
  readonly pinned: number;
}

const NOTHING: PinnedDocument = { edits: [], changes: [], pinned: 0 };

/** Finds the edits that pin the images of one document. With a problem, there are none. */
export function pinDocument(
  document: ManifestDocument,
  file: ManifestFile,
  run: PinRun,
): PinnedDocument {
  try {
    return pinImages(document, file, run);
  } catch (error) {
    if (!(error instanceof TooManyAliases)) throw error;
    run.problems.push(tooManyAliases(document, file));
    return NOTHING;
  }
}

function pinImages(document: ManifestDocument, file: ManifestFile, run: PinRun): PinnedDocument {
  const found = run.findImages(document, file);
  const at: DocumentPins = {
    document,
    file,
    run,
    wishes: createWishes(),
    expected: new Map(),
    images: new Map(),
  };
  const before = run.problems.length;
  for (const { places } of found.groups) for (const place of places) pinPlace(place, at);
  for (const group of found.groups) pinAnnotations(group, at);
  for (const image of found.elsewhere) pinElsewhere(image, at);
  if (run.problems.length > before) return NOTHING;
  const edits = editsFor(found, at);
  const pinned = at.images.values().reduce((sum, { sha }) => sum + (sha === undefined ? 0 : 1), 0);
  return { ...edits, pinned };
}

function pinPlace(place: ImagePlace, at: DocumentPins): void {
  const { file, run, wishes } = at;
  const read = readImage(place, file.text);
  if ('wrong' in read) {
    if (isOurPlace(place, read, run.isOurs))
      run.problems.push(
        finding(wrongImage(read.wrong, read.text), placeOf(at, read.at, place.path)),
      );
    return;
  }
  const { reference } = read;
  const pin = run.pins.get(reference.name);
  const isOurs = run.isOurs(reference.name);
  const wanted = pin === undefined ? reference : wantedOf(reference, pin, run.where);
  if (pin !== undefined && wanted === undefined) {
    const reason = reference.digest === undefined ? 'required' : 'present';
    run.problems.push(digestUnknown(pin, reason, run.where, placeOf(at, read.at, place.path)));
    return;
  }
  const refused = pin === undefined ? undefined : refusedRange(place, wanted);
  if (refused !== undefined) {
    run.problems.push(pinFailed(refused, placeOf(at, read.at, place.path)));
    return;
  }
  const shared =
    pin === undefined || wanted === undefined
      ? keepImage(place, wishes)
      : wishImage(place, reference, wanted, wishes);
  if (shared !== undefined) run.problems.push(sharedText(shared, placeOf(at, shared, place.path)));
  const text = formatImageReference({ ...wanted, name: reference.name });
  at.expected.set(place, text);
  const isChanged = text !== formatImageReference(reference);
  if (isOurs) at.images.set(place, { name: reference.name, sha: pin?.sha, isChanged });
}

/** Flux refuses what is no version in `semver`. */
function refusedRange({ image }: ImagePlace, { tag = '' }: Wanted = {}): string | undefined {
  if (image.form !== 'parts' || image.tag.key !== 'semver') return undefined;
  return ['release', 'candidate'].includes(tagKind(tag) ?? '')
    ? undefined
    : `semver takes versions alone, not ${printable(tag)}`;
}

function pinElsewhere(
  { hasVariable, node, reference, text }: ImageElsewhere,
  at: DocumentPins,
): void {
  const { pins, problems } = at.run;
  const pin = pins.get(reference.name);
  if (pin === undefined) return;
  const isRight = (key: 'tag' | 'digest'): boolean =>
    reference[key] === undefined || reference[key] === pin[key];
  if (hasVariable || !isRight('tag') || !isRight('digest'))
    problems.push(inText(text, pin, placeOf(at, node)));
}
