import { type Carrier, type PublisherDefinition, parseNpmName } from '@ameide/versioning-core';
import { settingsOf } from '@ameide/versioning-core/options';
import type { NpmBundleOptions, NpmOptions } from './options.ts';
import { openBundle } from './pack/bundle.ts';
import { openFolder } from './pack/folder.ts';
import { createTarget, parseBundleOptions, parseOptions } from './parse-options.ts';
import type { NpmBuilt, NpmPlan } from './plan.ts';
import { createPublisher } from './publisher.ts';

export interface Npm {
  /**
   * Publishes the package in a folder of the repository. Throws `InvalidInputError` for a wrong
   * option.
   */
  (options: NpmOptions): PublisherDefinition<NpmPlan, NpmBuilt>;
  /** Carries another publisher's files as the package `name`, with a generated package.json. */
  bundle(name: string, options?: NpmBundleOptions): Carrier;
}

export const npm: Npm = Object.assign(
  (options: NpmOptions): PublisherDefinition<NpmPlan, NpmBuilt> => {
    const parsed = parseOptions(options);
    const { allow = [], directory } = parsed;
    const target = createTarget(parsed);
    return {
      label: `npm(${directory === '' ? '.' : directory})`,
      settings: settingsOf(parsed),
      package: { ecosystem: 'npm', directory, registry: target.registry.url },
      async open(source) {
        const { registry, processes, provenance } = target;
        const options = { ...parsed, registry, processes, provenance };
        const folder = await openFolder(source, options);
        return createPublisher(folder, target, { access: folder.access, allow });
      },
    };
  },
  {
    bundle(name: string, options: NpmBundleOptions = {}): Carrier {
      const { license, ...parsed } = parseBundleOptions(options);
      const target = createTarget(parsed);
      const checked = parseNpmName(name, 'name', 'npm-name');
      return {
        label: `npm.bundle(${checked})`,
        settings: settingsOf({ name, license, ...parsed }),
        package: { ecosystem: 'npm', name: checked, registry: target.registry.url },
        open: async (_source, bundle) =>
          createPublisher(openBundle(checked, bundle, license), target, {
            allow: bundle.allow,
          }),
      };
    },
  },
);
