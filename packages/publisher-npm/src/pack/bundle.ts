import type { JsonObject } from '@ameide/source-files/json';
import {
  type Bundle,
  failed,
  InvalidInputError,
  inputProblem,
  ok,
  type Problem,
  type ProblemInput,
  pathIn,
} from '@ameide/versioning-core';
import { repositoryUrl } from '../manifest/rewrite.ts';
import type { PackageStamp } from '../manifest/stamp.ts';
import { bundleLoader, LOADER, LOADER_TYPES } from './bundle-loader.ts';
import type { Packer } from './packer.ts';

/** Makes a package from a bundle's files and a generated package.json. */
export function openBundle(name: string, bundle: Bundle, license: string | undefined): Packer {
  const { directory, paths = [] } = bundle;
  return {
    name,
    buildsFrom: 'objects',
    generated: [LOADER, LOADER_TYPES],
    isReproducible: true,
    ...(directory === undefined ? {} : { directory }),
    manifest: (stamp) => bundleManifest(name, bundle, license, stamp),
    validate: async (plan, step) => [
      ...((await bundle.validate?.(plan.publisher, step)) ?? []),
      ...takenNames(paths, (path) => ({ kind: 'input', path: pathIn(directory ?? '', path) })),
    ],
    async pack(plan, step) {
      const { problems, value = [] } = await bundle.files(
        { version: plan.version, sha: plan.sha },
        step,
      );
      if (problems !== undefined) return failed(...problems);
      const paths = value.map(({ path }) => path);
      const [taken, ...more] = takenNames(paths, () => ({ kind: 'incomplete' }));
      return taken === undefined
        ? ok({ manifest: plan.manifest, files: [...value, ...bundleLoader(value)] })
        : failed(taken, ...more);
    },
  };
}

/** Refuses a bundle's files of the names that this publisher generates. */
function takenNames(
  paths: readonly string[],
  about: (path: string) => Partial<ProblemInput>,
): readonly Problem[] {
  return ['package.json', LOADER, LOADER_TYPES]
    .filter((path) => paths.includes(path))
    .map((path) => {
      const expected = `another name, because the publisher npm generates ${path}`;
      const wrong = { field: 'path', received: path, expected };
      return inputProblem(new InvalidInputError(wrong, 'npm-bundle-path'), about(path));
    });
}

function bundleManifest(
  name: string,
  bundle: Bundle,
  license: string | undefined,
  { gitHead, repository, version }: PackageStamp,
): JsonObject {
  return {
    name,
    version,
    ...(bundle.description === undefined ? {} : { description: bundle.description }),
    ...(license === undefined ? {} : { license }),
    ...(repository === undefined
      ? {}
      : { repository: { type: 'git', url: repositoryUrl(repository) } }),
    type: 'module',
    exports: {
      '.': { types: `./${LOADER_TYPES}`, default: `./${LOADER}` },
      './*': './*',
      './package.json': './package.json',
    },
    // For programs that do not read `exports`.
    main: `./${LOADER}`,
    types: `./${LOADER_TYPES}`,
    sideEffects: false,
    files: ['**'],
    gitHead,
  };
}
