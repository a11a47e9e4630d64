import { type Bundle, failed, InvalidInputError, inputProblem, ok } from '@ameide/versioning-core';
import type { JsonObject } from '../manifest/json.ts';
import { repositoryUrl } from '../manifest/rewrite.ts';
import type { Stamp } from '../manifest/stamp.ts';
import type { Packer } from './packer.ts';

/** A package made of a bundle's files and a generated package.json. */
export function openBundle(name: string, bundle: Bundle, license: string | undefined): Packer {
  return {
    name,
    buildsFrom: 'objects',
    manifest: (stamp) => bundleManifest(name, bundle, license, stamp),
    async pack(plan, step) {
      const { problems, value = [] } = await bundle.files(
        { version: plan.version, sha: plan.sha },
        step,
      );
      if (problems !== undefined) return failed(...problems);
      if (!value.some(({ path }) => path === 'package.json'))
        return ok({ manifest: plan.manifest, files: value });
      const wrong = {
        field: 'path',
        received: 'package.json',
        expected: 'another name: npm generates package.json',
      };
      return failed(
        inputProblem(new InvalidInputError(wrong, 'npm-bundle-path'), { kind: 'incomplete' }),
      );
    },
  };
}

function bundleManifest(
  name: string,
  bundle: Bundle,
  license: string | undefined,
  { gitHead, repository, version }: Stamp,
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
