import {
  type Carrier,
  InvalidInputError,
  type PublisherDefinition,
  parseNpmName,
  parseRepositoryPath,
  refuseUnknownOptions,
} from '@ameide/versioning-core';
import { type NpmBundleOptions, type NpmOptions, parseTarget } from './options.ts';
import { openBundle } from './pack/bundle.ts';
import { openFolder } from './pack/folder.ts';
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

const FOLDER_OPTIONS: ReadonlySet<string> = new Set([
  'directory',
  'build',
  'allow',
  'registry',
  'token',
  'access',
  'distTags',
  'ports',
]);
const BUNDLE_OPTIONS: ReadonlySet<string> = new Set([
  'license',
  'registry',
  'token',
  'access',
  'distTags',
  'ports',
]);

export const npm: Npm = Object.assign(
  (options: NpmOptions): PublisherDefinition<NpmPlan, NpmBuilt> => {
    refuseUnknownOptions(options, FOLDER_OPTIONS, 'npm-option');
    const directory = parseRepositoryPath(options.directory, 'directory', 'npm-option');
    const target = parseTarget(options);
    const { allow = [], build } = options;
    if (
      build !== undefined &&
      (build.length === 0 || build.some((part) => typeof part !== 'string' || part === ''))
    ) {
      throw new InvalidInputError(
        {
          field: 'build',
          expected: "a program and its arguments, for example ['pnpm', 'run', 'build']",
        },
        'npm-option',
      );
    }
    return {
      label: `npm(${directory === '' ? '.' : directory})`,
      async open(source) {
        const { registry, processes } = target;
        const folder = await openFolder(source, {
          directory,
          registry,
          processes,
          ...(build === undefined ? {} : { build }),
        });
        return createPublisher(folder, target, { access: folder.access, allow });
      },
    };
  },
  {
    bundle(name: string, options: NpmBundleOptions = {}): Carrier {
      refuseUnknownOptions(options, BUNDLE_OPTIONS, 'npm-option');
      const target = parseTarget(options);
      const checked = parseNpmName(name, 'name', 'npm-name');
      return {
        label: `npm.bundle(${checked})`,
        open: async (_source, bundle) =>
          createPublisher(openBundle(checked, bundle, options.license), target),
      };
    },
  },
);
