import {
  type CreatedPins,
  createPins,
  type DeployPolicy,
  diffOf,
  environmentOf,
  type FoundImage,
  type ImageRegistry,
  listImages,
  type Pin,
  type PinTarget,
  pinManifests,
} from '@ameide/deploy-policy';
import { replaceFiles } from '../files/replace-files.ts';
import type { ReadFile, ReadManifests } from './manifest-files.ts';
import type { PinOutcome } from './pin-report.ts';

/** Where images are pinned, and by which rules. */
export interface PinRequest {
  readonly policy: DeployPolicy;
  readonly environment: string;
  readonly read: ReadManifests;
  /** False: only show what would change. */
  readonly write: boolean;
}

/**
 * Asks the registries about the targets, and pins them. Nothing is written if anything is wrong. Throws
 * `InvalidInputError` if the policy has no such environment.
 */
export async function pinTargets(
  targets: readonly PinTarget[],
  registry: ImageRegistry,
  request: PinRequest,
): Promise<PinOutcome> {
  return pinFiles(await createPins(targets, { ...request, registry }), request);
}

/** Pins images to what is known of them: in each file those of `pinsOf`, which are all of them by default. */
export async function pinFiles(
  { pins, problems }: CreatedPins,
  request: PinRequest,
  pinsOf: (file: ReadFile) => readonly Pin[] = () => pins,
): Promise<PinOutcome> {
  const { environment, policy, read, write } = request;
  environmentOf(policy, environment);
  const before = [...read.problems, ...problems];
  if (before.length > 0) return { environment, pins, problems: before };
  const results = read.files.map((file) =>
    pinManifests([file], { policy, environment, pins: pinsOf(file) }),
  );
  const files = results.flatMap((one) => one.files);
  const found = results.flatMap((one) => one.problems);
  const pinned = results.reduce((sum, one) => sum + one.pinned, 0);
  if (found.length > 0) return { environment, pins, problems: found };
  const changed = files.filter(({ changes }) => changes.length > 0);
  const outcome = {
    environment,
    pins,
    pinned,
    files: changed,
    diff: diffOf(changed.map(inRepository(read.files))),
  };
  if (!write) return { ...outcome, problems: [] };
  const notWritten = await replaceFiles(changed.flatMap((one) => replacementOf(one, read.files)));
  return { ...outcome, written: notWritten.length === 0, problems: notWritten };
}

/** `git apply` takes paths from the top of the repository, wherever it runs. */
function inRepository<F extends { readonly path: string }>(
  files: readonly ReadFile[],
): (changed: F) => F {
  const paths = new Map(files.map((one) => [one.path, one.inRepository ?? one.path]));
  return (changed) => ({ ...changed, path: paths.get(changed.path) ?? changed.path });
}

function replacementOf(
  { before, path, text }: { readonly path: string; readonly before: string; readonly text: string },
  files: readonly ReadFile[],
): Parameters<typeof replaceFiles>[0] {
  const file = files.find((one) => one.path === path)?.file;
  return file === undefined ? [] : [{ file, path, before, text }];
}

/** The images in manifests that are to be pinned: the names among `chosen`. */
export function namesIn(
  read: ReadManifests,
  policy: DeployPolicy,
  chosen: readonly string[],
): readonly string[] {
  const { images } = listImages(read.files, policy);
  const names = new Set(images.map(({ reference }: FoundImage) => reference.name));
  return chosen.filter((name) => names.has(name));
}
