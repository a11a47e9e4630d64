import { applyEdits, type Edit, inOrder } from '@ameide/source-files/text';
import type { Problem } from '@ameide/versioning-core';
import { isEmpty, type ManifestFile, readDocuments } from '../manifest/document.ts';
import { isTemplate, yamlProblem } from '../manifest/yaml-problem.ts';
import { createFindImages } from '../places/find-images.ts';
import { createIsOurs } from '../policy/image-names.ts';
import { type DeployPolicy, environmentOf } from '../policy/policy.ts';
import type { PinChange } from './document-edits.ts';
import type { PinRun } from './document-pins.ts';
import { type PinnedDocument, pinDocument } from './pin-document.ts';
import { pinsByName } from './pins.ts';
import type { Pin } from './wanted.ts';

export interface PinOptions {
  readonly policy: DeployPolicy;
  readonly environment: string;
  /** Images of ours that no pin names stay as they are. */
  readonly pins: readonly Pin[];
}

export interface PinnedFile {
  readonly path: string;
  readonly before: string;
  /** Equal to `before` if nothing changes. */
  readonly text: string;
  readonly changes: readonly PinChange[];
  /** What makes `text` of `before`: replaced ranges of characters, in order. */
  readonly edits: readonly Edit[];
}

export interface PinResult {
  /** Every file, in order. */
  readonly files: readonly PinnedFile[];
  /** If there is any, nothing may be written, and every file is as before. */
  readonly problems: readonly Problem[];
  /** How many images of ours are what was asked for, changed or not. */
  readonly pinned: number;
}

/**
 * Writes tags, digests and the annotation of the commit into manifests, and keeps every other byte.
 * Touches no file: the caller writes `text`. Throws `InvalidInputError` for an unknown environment, and
 * for a pin that the policy does not allow there.
 */
export function pinManifests(
  files: Iterable<ManifestFile>,
  { environment, pins, policy }: PinOptions,
): PinResult {
  const where = { ...environmentOf(policy, environment), name: environment };
  const run: PinRun = {
    where,
    pins: pinsByName(pins, policy, where),
    isOurs: createIsOurs(policy.images),
    findImages: createFindImages(policy),
    problems: [],
  };
  const results = Array.from(files, (file) => pinFile(file, run));
  const { problems } = run;
  if (problems.length > 0)
    return {
      files: results.map(({ file }) => unchanged(file.before, file.path)),
      problems,
      pinned: 0,
    };
  return {
    files: results.map(({ file }) => file),
    problems,
    pinned: results.reduce((sum, { pinned }) => sum + pinned, 0),
  };
}

function unchanged(before: string, path: string): PinnedFile {
  return { path, before, text: before, changes: [], edits: [] };
}

function pinFile(
  file: ManifestFile,
  run: PinRun,
): { readonly file: PinnedFile; readonly pinned: number } {
  const pinned: PinnedDocument[] = [];
  for (const document of readDocuments(file.text)) {
    const [fault] = document.faults;
    if (fault !== undefined) {
      run.problems.push(yamlProblem(fault, document, file));
      if (isTemplate(document, file)) break;
    } else if (!isEmpty(document)) {
      pinned.push(pinDocument(document, file, run));
    }
  }
  return joined(pinned, file);
}

function joined(
  documents: readonly PinnedDocument[],
  { path, text: before }: ManifestFile,
): { readonly file: PinnedFile; readonly pinned: number } {
  const pinned = documents.reduce((sum, document) => sum + document.pinned, 0);
  const edits = inOrder(documents.flatMap((document) => document.edits));
  if (edits.length === 0) return { file: unchanged(before, path), pinned };
  const changes = documents.flatMap((document) => document.changes);
  return { file: { path, before, text: applyEdits(before, edits), changes, edits }, pinned };
}
