import { createProcesses } from '@ameide/publisher-kit';
import type { PublisherDefinition } from '@ameide/versioning-core';
import { inPlacePublisher } from './in-place/publisher.ts';
import { mirrorPublisher } from './mirror/publisher.ts';
import { committedContent } from './module/content.ts';
import { readModuleFile } from './module/go-mod.ts';
import { findLfsFiles } from './module/lfs.ts';
import { type GoModuleOptions, parseOptions } from './options.ts';

/**
 * Publishes a Go module. With `mirror`, its directory becomes a repository of its own, one commit
 * for each published source commit; without, it is published in the source repository, by its tags
 * alone. Throws `InvalidInputError` that names the option.
 */
export function goModule(options: GoModuleOptions): PublisherDefinition {
  const { allow, branches, directory, fromCheckout } = parseOptions(options);
  return {
    label: `goModule(${directory === '' ? '.' : directory})`,
    async open(source) {
      const file = await readModuleFile(source, directory);
      const processes = options.ports?.processes ?? createProcesses();
      const content = await committedContent(source, directory, processes);
      const lfsFiles = await findLfsFiles(source, directory, content, processes);
      const project = `go:${file.module.path}`;
      const module = { project, directory, file, content, lfsFiles, allow };
      const { mirror: url } = options;
      return url === undefined
        ? inPlacePublisher({ source, module, options })
        : mirrorPublisher({ source, module: { ...module, fromCheckout }, url, branches, options });
    },
  };
}
