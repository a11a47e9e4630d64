import { checkBuiltFiles } from '@ameide/publisher-kit';
import { type Bundle, failed, ok, type Problem, type ProblemKind } from '@ameide/versioning-core';
import { packImage } from '../build.ts';
import type { Platform } from '../image/assemble.ts';
import type { GhcrPlan } from '../plan.ts';
import { imageFileProblems } from '../validate.ts';
import type { ImageSource } from './source.ts';

/** An image of the files that another publisher hands over. */
export function fromBundle(bundle: Bundle, prefix: string, platform: Platform): ImageSource {
  const { description, name, paths = [] } = bundle;
  return {
    ...(description === undefined ? {} : { description }),
    open: async () => undefined,
    validate: async (plan) => nameProblems(plan, paths, 'input'),
    buildsFrom: 'objects',
    check: async () => [],
    async build(plan, step) {
      step.signal.throwIfAborted();
      const result = await bundle.files({ version: plan.version, sha: plan.sha }, step);
      if (result.value === undefined) return result;
      const entries = result.value;
      const names = entries.map(({ path }) => path);
      const [first, ...more] = [
        ...nameProblems(plan, names, 'incomplete'),
        ...checkBuiltFiles(plan.publisher, entries),
      ];
      if (first !== undefined) return failed(first, ...more);
      const createdBy = `ameide-release bundle ${name}`;
      return ok(await packImage(plan, { entries, prefix, platform, createdBy }, step));
    },
  };
}

function nameProblems(
  { publisher }: GhcrPlan,
  paths: readonly string[],
  kind: ProblemKind,
): readonly Problem[] {
  const files = paths.map((path) => ({ path }));
  return imageFileProblems({ project: publisher, directory: '', files, allow: [], kind });
}
