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
import type { JsonObject } from '../manifest/json.ts';
import { repositoryUrl } from '../manifest/rewrite.ts';
import type { PackageStamp } from '../manifest/stamp.ts';
import type { Packer } from './packer.ts';

/** Makes a package from a bundle's files and a generated package.json. */
export function openBundle(name: string, bundle: Bundle, license: string | undefined): Packer {
  const { directory, paths = [] } = bundle;
  return {
    name,
    buildsFrom: 'objects',
    ...(directory === undefined ? {} : { directory }),
    manifest: (stamp) => bundleManifest(name, bundle, license, stamp),
    validate: async (plan, step) => [
      ...((await bundle.validate?.(plan.publisher, step)) ?? []),
      ...manifestTaken(paths, { kind: 'input', path: pathIn(directory ?? '', 'package.json') }),
    ],
    async pack(plan, step) {
      const { problems, value = [] } = await bundle.files(
        { version: plan.version, sha: plan.sha },
        step,
      );
      if (problems !== undefined) return failed(...problems);
      const paths = value.map(({ path }) => path);
      const [taken] = manifestTaken(paths, { kind: 'incomplete' });
      return taken === undefined ? ok({ manifest: plan.manifest, files: value }) : failed(taken);
    },
  };
}

/** Refuses a bundle with its own package.json, because this publisher generates one. */
function manifestTaken(paths: readonly string[], about: Partial<ProblemInput>): readonly Problem[] {
  if (!paths.includes('package.json')) return [];
  const wrong = {
    field: 'path',
    received: 'package.json',
    expected: 'another name, because the publisher npm generates package.json',
  };
  return [inputProblem(new InvalidInputError(wrong, 'npm-bundle-path'), about)];
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
    exports: { './*': './*', './package.json': './package.json' },
    files: ['**'],
    gitHead,
  };
}
