import { type DeployPolicy, type FoundImage, listImages } from '@ameide/deploy-policy';
import type { SourceFiles } from '@ameide/versioning-core';
import { imageUse } from './image-uses.ts';
import type { Service, Use, Used } from './service.ts';
import { imageNames, unsetInManifest } from './unset-images.ts';

interface Question {
  readonly files: SourceFiles;
  readonly artifacts: readonly Used[];
  readonly isOurs: (one: Used) => boolean;
  readonly policy?: DeployPolicy;
}

/** Finds the workloads in the repository's manifests that run or mount images of ours. */
export async function workloads(
  { artifacts, files, isOurs, policy }: Question,
  isIncluded: (path: string) => boolean,
): Promise<{ readonly services: readonly Service[]; readonly notes: readonly string[] }> {
  const names = imageNames(artifacts);
  const lastNames = names.map(lastName);
  const images: FoundImage[] = [];
  const unset: Use[] = [];
  const unread: string[] = [];
  for (const { mode, path } of policy === undefined ? [] : await files.list('')) {
    if ((mode !== 'file' && mode !== 'executable') || !isManifest(path) || !isIncluded(path))
      continue;
    const text = new TextDecoder().decode(await files.readBytes(path));
    // Most YAML of a repository is something else, and slow to read.
    if (policy === undefined || !lastNames.some((name) => text.includes(name))) continue;
    const found = listImages([{ path, text }], policy);
    unset.push(...unsetInManifest(path, text, names));
    images.push(
      ...found.images.filter(({ reference: { name } }) => isOurs({ ecosystem: 'oci', name })),
    );
    if (found.problems.length > 0) unread.push(path);
  }
  const owners = Map.groupBy(images, ({ owner, path }) => JSON.stringify([path, owner]));
  const notes = unread.map(
    (path) =>
      `${path} is read only in part, or not at all: what a template makes is known only after it is rendered.`,
  );
  const inFiles = [...Map.groupBy(unset, ({ path }) => path)].map(
    ([path, uses]): Service => ({
      name: path.slice(path.lastIndexOf('/') + 1),
      kind: 'workload',
      path,
      uses: distinct(uses),
    }),
  );
  return { services: [...[...owners.values()].flatMap(serviceOf), ...inFiles], notes };
}

function serviceOf(images: readonly FoundImage[]): readonly Service[] {
  const [first] = images;
  if (first === undefined) return [];
  const uses = images.map(({ line, path, reference }) => imageUse(reference, { path, line }));
  return [{ name: first.owner, kind: 'workload', path: first.path, uses: distinct(uses) }];
}

function distinct(uses: Service['uses']): Service['uses'] {
  const keys = uses.map(({ name, version }) => `${name} ${version}`);
  return uses.filter((_, index) => keys.indexOf(keys[index] ?? '') === index);
}

function isManifest(path: string): boolean {
  return (
    /\.(?:ya?ml|json)$|(?:^|\/)Kustomization$/i.test(path) &&
    !/(?:^|\/)(?:node_modules|\.github|package\.json|package-lock\.json|pnpm-lock\.yaml)/.test(path)
  );
}

/** The end of an image's name: charts write its parts apart. */
function lastName(image: string): string {
  return image.slice(image.lastIndexOf('/') + 1);
}
