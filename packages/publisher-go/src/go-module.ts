import { createProcesses } from '@ameide/publisher-kit';
import type { PublisherDefinition } from '@ameide/versioning-core';
import { settingsOf } from '@ameide/versioning-core/options';
import { inPlacePublisher } from './in-place/publisher.ts';
import { mirrorPublisher } from './mirror/publisher.ts';
import { findConvertedFiles } from './module/attributes.ts';
import { committedContent } from './module/content.ts';
import { readModuleFile } from './module/go-mod.ts';
import { type GoModuleOptions, parseOptions } from './options.ts';

/**
 * Publishes a Go module. With `mirror`, its directory gets its own repository, with one commit for
 * each published source commit. Without, the module is published in the source repository, only by
 * tags. Throws `InvalidInputError` with the wrong option.
 */
export function goModule(given: GoModuleOptions): PublisherDefinition {
  const options = parseOptions(given);
  const { allow, branches, directory, fromCheckout, mirror: url } = options;
  return {
    label: `goModule(${directory === '' ? '.' : directory})`,
    settings: settingsOf(options),
    goModule: { directory, ...(url === undefined ? {} : { mirror: url }) },
    async open(source) {
      const file = await readModuleFile(source, directory);
      const processes = options.ports?.processes ?? createProcesses();
      const content = await committedContent(source, directory, processes);
      const converted = await findConvertedFiles(source, directory, content, processes);
      const project = `go:${file.module.path}`;
      const module = { project, directory, file, content, converted, allow };
      return url === undefined
        ? inPlacePublisher({ source, module, options })
        : mirrorPublisher({ source, module: { ...module, fromCheckout }, url, branches, options });
    },
  };
}
