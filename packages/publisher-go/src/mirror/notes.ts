import { shownPath } from '@ameide/publisher-kit';
import { pathIn, type SourceTree } from '@ameide/versioning-core';
import { type GoRequirement, readGoSums } from '@ameide/versioning-core/go';
import { commandNote } from '../module/command-note.ts';
import { retractionNotes } from '../module/retraction-notes.ts';
import type { ModuleAtCommit } from '../validate.ts';
import type { MirrorEdits } from './edits.ts';
import type { MirrorPlan } from './plan.ts';

/** Returns what people should know of a mirror, and that is no failure. */
export async function mirrorNotes(
  { content, versionTag }: MirrorPlan,
  module: ModuleAtCommit,
  source: SourceTree,
): Promise<readonly string[]> {
  return [
    ...fromCheckoutNote(module),
    ...(await leftOutNotes(module, content.edits, source)),
    ...retractionNotes(module, versionTag ?? undefined),
    ...(await commandNote(
      module,
      content.edits?.unreplaced.map(({ line }) => line),
    )),
  ];
}

/** Says what only the build can know. */
function fromCheckoutNote({ fromCheckout = [], project }: ModuleAtCommit): readonly string[] {
  if (fromCheckout.length === 0) return [];
  const paths = fromCheckout.map((path) => shownPath(path)).join(', ');
  return [
    `${project}: the mirror takes ${paths} from the checkout, as prepare leaves it. Only the build can check these files, and only then is the id of the mirror's commit known.`,
  ];
}

async function leftOutNotes(
  { directory, file, project }: ModuleAtCommit,
  { all = [], leftOut = [], unreplaced = [] }: Partial<MirrorEdits> = {},
  source: SourceTree,
): Promise<readonly string[]> {
  const goSum = (await source.readText(pathIn(directory, 'go.sum'))) ?? '';
  const isSummed = ({ path, version }: GoRequirement): boolean =>
    readGoSums(goSum, path).some((sums) => sums.version === version);
  const ofReplacements = unreplaced
    .filter(({ path }) => !all.includes(path))
    .map(({ folder, path }) => {
      const missing = file.content.requirements.find((one) => one.path === path && !isSummed(one));
      const sums =
        missing === undefined
          ? ''
          : ` Its go.sum has no checksum of ${path} ${missing.version}: whoever clones the mirror has to run go mod tidy.`;
      return `${project}: the mirror's go.mod omits the replace of ${path} by ${shownPath(folder)}, a folder that the mirror does not have.${sums}`;
    });
  return [
    ...ofReplacements,
    ...leftOut
      .filter((path) => path in WHY)
      .map((path) => `${project}: the mirror omits ${path}, ${WHY[path]}.`),
  ];
}

const WHY: Readonly<Record<string, string>> = {
  'go.work': 'which leads to a folder that the mirror does not have',
  vendor: 'because it disagrees with the go.mod there, and go would refuse a clone',
};
