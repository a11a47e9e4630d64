import { checkBuiltFiles } from '@ameide/publisher-kit';
import {
  type Bundle,
  failed,
  ok,
  type Problem,
  type ProblemKind,
  pathIn,
} from '@ameide/versioning-core';
import { assemble, packImages } from '../build.ts';
import { isNeverPublished } from '../folder/selection.ts';
import { VERSION } from '../image/media-types.ts';
import type { Platforms } from '../image/platform.ts';
import type { GhcrPlan } from '../plan.ts';
import { imageFileProblems } from '../validate.ts';
import type { ImageSource } from './source.ts';

/** Makes an image from the files of another publisher's bundle. */
export function fromBundle(bundle: Bundle, prefix: string, platforms: Platforms): ImageSource {
  const { allow, description, directory = '', name, paths = [] } = bundle;
  return {
    ...(description === undefined ? {} : { description }),
    open: async () => undefined,
    validate: async (plan, step) => [
      ...((await bundle.validate?.(plan.publisher, step)) ?? []),
      ...nameProblems(plan, directory, paths, 'input'),
    ],
    buildsFrom: 'objects',
    isReproducible: true,
    checkTools: async () => [],
    async build(plan, step) {
      step.signal.throwIfAborted();
      // Not the version that this run publishes: the image is the same on every channel.
      const version = plan.labels[VERSION] ?? plan.version;
      const result = await bundle.files({ version, sha: plan.sha }, step);
      if (result.value === undefined) return result;
      const entries = result.value;
      const names = entries.map(({ path }) => path);
      const inRepository = entries.map((entry) => ({
        ...entry,
        path: pathIn(directory, entry.path),
      }));
      const [first, ...more] = [
        ...nameProblems(plan, directory, names, 'incomplete'),
        ...checkBuiltFiles(plan.publisher, inRepository, allow),
      ];
      if (first !== undefined) return failed(first, ...more);
      const createdBy = `ameide-release bundle ${name}`;
      const packed = { entries, prefix, platforms: platforms.each, createdBy };
      const images = await packImages(plan, packed, step);
      return ok(await assemble(plan, images, platforms.isIndex, step.workspace));
    },
  };
}

function nameProblems(
  { publisher }: GhcrPlan,
  directory: string,
  paths: readonly string[],
  kind: ProblemKind,
): readonly Problem[] {
  const files = paths.map((path) => ({ path }));
  const about = { project: publisher, directory, allow: [], kind };
  return imageFileProblems({ ...about, files, isLeftOut: isNeverPublished });
}
