import { type Bundle, failed, ok } from '@ameide/versioning-core';
import { secretFileProblem } from '../secret-files.ts';
import type { Platform } from './assemble.ts';
import { packImage } from './pack.ts';
import type { ImageSource } from './source.ts';

/** An image of the files that another publisher hands over. */
export function fromBundle(bundle: Bundle, prefix: string, platform: Platform): ImageSource {
  return {
    ...(bundle.description === undefined ? {} : { description: bundle.description }),
    open: () => Promise.resolve(),
    buildsFrom: 'objects',
    check: () => Promise.resolve([]),
    async build(plan, step) {
      step.signal.throwIfAborted();
      const result = await bundle.files({ version: plan.version, sha: plan.sha }, step);
      if (result.value === undefined) return result;
      const secret = secretFileProblem(result.value, plan.image);
      if (secret !== undefined) return failed(secret);
      const createdBy = `ameide-release bundle ${bundle.name}`;
      const entries = result.value;
      return ok(await packImage(plan, { entries, prefix, platform, createdBy }, step));
    },
  };
}
