import { assertArchivePath } from '@ameide/publisher-kit';
import { type Bundle, InvalidInputError, type Release } from '@ameide/versioning-core';
import type { JsonObject } from '../manifest/json.ts';
import { repositoryUrl } from '../manifest/rewrite.ts';
import { stampOf } from './folder.ts';
import type { Packer } from './packer.ts';

/** A package made of a bundle's files and a generated package.json. */
export function openBundle(name: string, bundle: Bundle, license: string | undefined): Packer {
  return {
    name,
    buildsFrom: 'objects',
    manifest: (release) => bundleManifest(name, bundle, license, release),
    async files(plan, step) {
      const result = await bundle.files({ version: plan.version, sha: plan.sha }, step);
      for (const { path } of result.value ?? []) {
        assertArchivePath(path);
        if (path !== 'package.json') continue;
        throw new InvalidInputError(
          { field: 'path', received: path, expected: 'another name: npm generates package.json' },
          'npm-bundle-path',
        );
      }
      return result;
    },
  };
}

function bundleManifest(
  name: string,
  bundle: Bundle,
  license: string | undefined,
  release: Release,
): JsonObject {
  const { version, gitHead, repository } = stampOf(release);
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
