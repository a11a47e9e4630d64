import type { PublisherDefinition } from '@ameide/versioning-core';
import { InvalidInputError } from '@ameide/versioning-core';
import { readGoMod } from './go-mod.ts';
import { inPlacePublisher } from './in-place/publisher.ts';
import { mirrorPublisher } from './mirror/publisher.ts';
import type { GoModuleOptions } from './options.ts';

/**
 * Publishes a Go module. With `mirror`, its directory becomes a repository of its own, one commit for each published source commit;
 * without, it is published where it lies, by its tags alone.
 */
export function goModule(options: GoModuleOptions): PublisherDefinition {
  const directory = parseDirectory(options.directory);
  if (options.mirror !== undefined && options.remote !== undefined) {
    throw new InvalidInputError({ field: 'remote', received: options.remote, expected: 'either mirror or remote, not both' });
  }
  return {
    label: `goModule(${directory === '' ? '.' : directory})`,
    async open(source) {
      const goMod = await readGoMod(source, directory);
      const { mirror } = options;
      return mirror === undefined
        ? inPlacePublisher({ source, directory, goMod, options })
        : mirrorPublisher({ source, directory, goMod, mirror, options });
    },
  };
}

function parseDirectory(value: unknown): string {
  if (typeof value === 'string') {
    const directory = value.replace(/\/+$/, '');
    if (directory === '' || directory === '.') return '';
    if (
      !directory.startsWith('/') &&
      !directory.includes('\\') &&
      directory.split('/').every((part) => part !== '' && part !== '.' && part !== '..')
    )
      return directory;
  }
  throw new InvalidInputError({
    field: 'directory',
    received: String(value),
    expected: 'a path inside the repository, for example packages/ameide_sdk_go',
  });
}
