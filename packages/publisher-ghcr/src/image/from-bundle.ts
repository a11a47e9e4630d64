import type { Bundle } from '@ameide/versioning-core';
import { secretFileProblem } from '../secret-files.ts';
import type { Platform } from './assemble.ts';
import { packImage } from './pack.ts';
import type { ImageSource } from './source.ts';

/** An image of the files that another publisher hands over. */
export function fromBundle(bundle: Bundle, prefix: string, platform: Platform): ImageSource {
  return {
    ...(bundle.description === undefined ? {} : { description: bundle.description }),
    open: () => Promise.resolve(),
    check: () => Promise.resolve([]),
    async build(plan, step) {
      step.signal.throwIfAborted();
      const result = await bundle.files({ version: plan.version, sha: plan.sha }, step);
      if ('problem' in result) return { problem: result.problem };
      const secret = secretFileProblem(result.files, plan.image);
      if (secret !== undefined) return { problem: secret };
      const createdBy = `ameide-release bundle ${bundle.name}`;
      return {
        built: await packImage(
          plan,
          { entries: result.files, prefix, platform, createdBy },
          step.workspace,
        ),
      };
    },
  };
}
