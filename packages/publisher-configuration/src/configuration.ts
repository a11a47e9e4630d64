import { onceForEach } from '@ameide/publisher-kit';
import type { Carrier, PublisherDefinition, SourceTree } from '@ameide/versioning-core';
import { settingsOf } from '@ameide/versioning-core/options';
import { createBundle } from './bundle.ts';
import { listFolder } from './folder.ts';
import { type ConfigurationOptions, parseOptions } from './options.ts';

/**
 * Publishes one directory of configuration, validated and indexed, through each of its carriers.
 * Returns one publisher definition for each carrier, in order; `defineRelease` accepts the list.
 * Throws `InvalidInputError` for a wrong option; `open` throws it for a directory without files.
 */
export function configuration(given: ConfigurationOptions): readonly PublisherDefinition[] {
  const options = parseOptions(given);
  const { carriers, directory } = options;
  const bundleAt = onceForEach(async (source: SourceTree) =>
    createBundle(source, await listFolder(source, options), options),
  );
  return carriers.map((carrier) => ({
    label: `configuration(${directory}) by ${carrier.label}`,
    settings: settingsOf({ ...options, carriers: carrier.settings }),
    ...publishedBy(carrier),
    open: async (source) => carrier.open(source, await bundleAt(source)),
  }));
}

function publishedBy({
  image,
  imageSignature,
  package: published,
}: Carrier): Pick<Carrier, 'image' | 'imageSignature' | 'package'> {
  return {
    ...(published === undefined ? {} : { package: published }),
    ...(image === undefined ? {} : { image }),
    ...(imageSignature === undefined ? {} : { imageSignature }),
  };
}
