import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ociRepository } from '@ameide/local-registries';
import { createRepository, type Repository } from '../repository.ts';
import type { Place } from '../scenario.ts';

const EXAMPLE = join(import.meta.dirname, '../../../examples/ameide');
const IMAGES = ['ameide-sdk-ts', 'ameide-sdk-go', 'ameide-sdk-python', 'configuration'] as const;
export type ImageName = (typeof IMAGES)[number];

/** The folder of each image of the example. */
export const IMAGE_FOLDERS: Readonly<Record<ImageName, string>> = {
  'ameide-sdk-ts': 'packages/ameide_sdk_ts',
  'ameide-sdk-go': 'packages/ameide_sdk_go',
  'ameide-sdk-python': 'packages/ameide_sdk_python',
  configuration: 'packages/ameide_configuration',
};
const NPM_PACKAGES = ['@ameideio/ameide-sdk-ts', '@ameideio/configuration'] as const;

/** The path of the Go mirror on the git host. `createExample` creates it. */
export const MIRROR = 'bench/ameide-sdk-go';

/** A repository of the example, with one release for each round. */
export interface Example extends Repository {
  /** Commits and tags the release of a round, and resolves to its version. */
  next(round: number): Promise<Version>;
}

export interface Version {
  readonly version: string;
  readonly tag: string;
  readonly sha: string;
}

/**
 * Makes a repository of the example. Leaves out what the tools on the other side do not do: signatures,
 * provenances, the identity of a CI job, and images for eight platforms.
 */
export async function createExample(place: Place): Promise<Example> {
  const repository = await createRepository(join(place.folder, 'repository'), place.run);
  const { directory } = repository;
  const unwanted = new Set(['node_modules', 'dist', '__pycache__']);
  await cp(EXAMPLE, directory, {
    recursive: true,
    filter: (path) => !unwanted.has(path.split('/').at(-1) ?? ''),
  });
  const file = join(directory, 'release.config.json');
  const definition = JSON.parse(await readFile(file, 'utf8')) as object;
  await writeFile(file, JSON.stringify(asTheToolsDo(definition), null, 2));
  await repository.write({ '.gitignore': 'node_modules\ndist\n' });
  await repository.git('remote', 'set-url', 'origin', 'https://github.com/ameideio/ameide');
  await place.registries.createRepository(MIRROR);
  return {
    ...repository,
    async next(round) {
      const version = `0.1.${round}`;
      const manifest = join(directory, 'packages/ameide_sdk_ts/package.json');
      const text = await readFile(manifest, 'utf8');
      await writeFile(manifest, text.replace(/"version": "[^"]*"/, `"version": "${version}"`));
      for (const folder of Object.values(IMAGE_FOLDERS))
        await repository.write({ [`${folder}/CHANGES.md`]: `Version ${version}.\n` });
      const sha = await repository.commit(`Version ${version}`, `v${version}`);
      return { version, tag: `v${version}`, sha };
    },
  };
}

/** The options that sign, or that need the identity of a CI job. */
const TRUST: ReadonlySet<string> = new Set([
  'identity',
  'provenance',
  'trustedPublishing',
  'attestations',
  'sign',
]);

/** Removes signatures from a definition, and limits each image to the one platform that `docker build` makes. */
function asTheToolsDo<T>(value: T): T {
  if (Array.isArray(value)) return value.map(asTheToolsDo) as T;
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).flatMap(([key, inner]: [string, unknown]) =>
    TRUST.has(key) ? [] : [[key, asTheToolsDo(inner)]],
  );
  return Object.fromEntries('image' in value ? [...kept, ['platform', 'linux/amd64']] : kept) as T;
}

/** Throws unless the registries have every artifact of a release. */
export async function checkExample(
  { registries: { git, npm, oci, python }, run, folder }: Place,
  { sha, tag, version }: Version,
): Promise<void> {
  const there = (what: string, found: boolean): void => {
    if (!found) throw new Error(`${what} of ${version} is missing`);
  };
  for (const name of NPM_PACKAGES) {
    const answer = await fetch(`${npm.url}/${name}`);
    const { 'dist-tags': tags } = (await answer.json()) as { 'dist-tags'?: { latest?: string } };
    there(name, tags?.latest === version);
  }
  const page = await (await fetch(`${python.simpleUrl}ameide-sdk-python/`)).text();
  there('the wheel', page.includes(`ameide_sdk_python-${version}-py3-none-any.whl`));
  there('the sdist', page.includes(`ameide_sdk_python-${version}.tar.gz`));
  const refs = await run(['git', 'ls-remote', `${git.url}/${MIRROR}.git`], { cwd: folder });
  there('the Go module', refs.includes(`refs/tags/${tag}\n`));
  for (const name of IMAGES) {
    const tags = await ociRepository({ ...oci, url: `http://${oci.host}` }, `bench/${name}`).tags();
    const digest = tags[sha];
    there(`image ${name}`, digest !== undefined);
    for (const moving of imageTags(version)) there(`${name}:${moving}`, tags[moving] === digest);
  }
}

/** The tags of a release's image besides that of its commit. */
export function imageTags(version: string): readonly string[] {
  return [version, version.split('.').slice(0, 2).join('.'), 'latest'];
}
