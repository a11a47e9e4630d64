import { pathIn } from '@ameide/versioning-core';
import type { PublishedArtifact, ReleasedFacts } from '../facts.ts';
import type { FileReader } from '../file-reader.ts';
import type { Finding, Rule } from '../finding.ts';
import { imageSources } from './image-sources.ts';

const NAME = 'published-directory';

export const PUBLISHED_DIRECTORY: Rule<ReleasedFacts> = {
  name: NAME,
  title: 'Every folder that the definition publishes exists, with its manifest.',
  why: 'A folder that was renamed or moved stops the whole release, often only after a tag was pushed.',
  async find({ reader, release }) {
    const { file, published } = release;
    const folders = [...published.flatMap(manifestsOf), ...imageFolders(release)];
    return folders.flatMap(({ anyOf, what }): Finding[] =>
      anyOf.some((path) => exists(path, reader))
        ? []
        : [
            {
              rule: NAME,
              message: `The definition publishes ${what}, but there is no ${anyOf.join(' and no ')}.`,
              hint: 'Correct the directory in the definition, or commit the file.',
              path: file,
            },
          ],
    );
  },
};

interface Wanted {
  readonly what: string;
  readonly anyOf: readonly string[];
}

const MANIFESTS = {
  npm: ['package.json'],
  pypi: ['pyproject.toml', 'setup.py'],
  go: ['go.mod'],
  oci: [],
} as const;

function manifestsOf({ directory, ecosystem }: PublishedArtifact): readonly Wanted[] {
  if (directory === undefined) return [];
  const anyOf = MANIFESTS[ecosystem].map((name) => pathIn(directory, name));
  const what = `${ecosystem}(${directory === '' ? '.' : directory})`;
  return anyOf.length === 0 ? [] : [{ what, anyOf }];
}

function imageFolders({ definition }: ReleasedFacts['release']): readonly Wanted[] {
  return imageSources(definition).flatMap(({ dockerfile, folders, image }) =>
    [...folders, ...(dockerfile === undefined ? [] : [dockerfile])]
      .filter((path) => path !== '')
      .map((path) => ({ what: image, anyOf: [path] })),
  );
}

function exists(path: string, { all, has }: FileReader): boolean {
  return has(path) || all.some((one) => one.startsWith(`${path}/`));
}
