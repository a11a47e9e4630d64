import type { PublisherDefinition } from '@ameide/versioning-core';
import { readGoMod } from './go-mod.ts';
import { inPlacePublisher } from './in-place/publisher.ts';
import { mirrorPublisher } from './mirror/publisher.ts';
import { checkModuleAddress } from './module-address.ts';
import { checkModuleFiles } from './module-files.ts';
import type { GoModuleOptions } from './options.ts';
import { parseOptions } from './parse-options.ts';

/**
 * Publishes a Go module. With `mirror`, its directory becomes a repository of its own, one commit
 * for each published source commit; without, it is published where it lies, by its tags alone.
 * Throws `InvalidInputError` that names the option.
 */
export function goModule(options: GoModuleOptions): PublisherDefinition {
  const { directory, branches } = parseOptions(options);
  return {
    label: `goModule(${directory === '' ? '.' : directory})`,
    async open(source) {
      const goMod = await readGoMod(source, directory);
      await checkModuleFiles(source, directory);
      const { mirror } = options;
      if (mirror === undefined) return inPlacePublisher({ source, directory, goMod, options });
      checkModuleAddress(goMod.module, mirror, '');
      return mirrorPublisher({ source, directory, goMod, mirror, branches, options });
    },
  };
}
