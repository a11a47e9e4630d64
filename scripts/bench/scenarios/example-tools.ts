// What a workflow runs to publish the example with the ecosystems' own tools.
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gitAccess, npmAccess, ociAccess, twineAccess } from '../credentials.ts';
import type { Meter } from '../meter.ts';
import type { Place } from '../scenario.ts';
import { IMAGE_FOLDERS, type ImageName, imageTags, MIRROR, type Version } from './example.ts';

/** The steps of such a workflow, in a fresh clone. */
export interface Tools {
  readonly clone: string;
  /** Clones the repository at the tag, installs and compiles. */
  checkout(meter: Meter, repository: string, version: Version): Promise<void>;
  npm(meter: Meter, version: Version, tool: 'npm' | 'pnpm'): Promise<void>;
  buildPython(meter: Meter, version: Version): Promise<void>;
  upload(meter: Meter): Promise<void>;
  go(meter: Meter, version: Version): Promise<void>;
}

export async function createTools(place: Place): Promise<Tools> {
  const clone = join(place.folder, 'clone');
  const npmEnv = await npmAccess(place);
  const url = `${place.registries.git.url}/${MIRROR}.git`;
  const python = join(clone, 'packages/ameide_sdk_python');
  return {
    clone,
    async checkout(meter, repository, { tag }) {
      await rm(clone, { recursive: true, force: true });
      await meter.run(
        [
          'git',
          '-c',
          'advice.detachedHead=false',
          'clone',
          '--quiet',
          '--branch',
          tag,
          repository,
          clone,
        ],
        {
          cwd: place.folder,
        },
      );
      await meter.run(['pnpm', 'install', '--frozen-lockfile', '--prefer-offline'], { cwd: clone });
      await meter.run(['pnpm', 'run', 'build'], { cwd: join(clone, 'packages/ameide_sdk_ts') });
    },
    async npm(meter, { version }, tool) {
      const configuration = { name: '@ameideio/configuration', version, exports: { './*': './*' } };
      await writeFile(
        join(clone, 'packages/ameide_configuration/package.json'),
        JSON.stringify(configuration),
      );
      const more = tool === 'pnpm' ? ['--no-git-checks'] : [];
      for (const folder of ['ameide_sdk_ts', 'ameide_configuration'])
        await meter.run([tool, 'publish', '--access', 'public', ...more], {
          cwd: join(clone, 'packages', folder),
          env: npmEnv,
        });
    },
    async buildPython(meter, { version }) {
      const file = join(python, 'pyproject.toml');
      const text = await readFile(file, 'utf8');
      await writeFile(file, text.replace('version = "0.0.0"', `version = "${version}"`));
      await meter.run(['uv', 'build', '--out-dir', 'dist'], { cwd: python });
    },
    upload: async (meter) =>
      void (await meter.run(
        ['sh', '-c', 'twine upload --disable-progress-bar dist/*.whl dist/*.tar.gz'],
        {
          cwd: python,
          env: twineAccess(place),
        },
      )),
    async go(meter, { tag }) {
      const call = { cwd: clone, env: gitAccess(place) };
      const split = await meter.run(
        ['git', 'subtree', '-q', 'split', '--prefix', 'packages/ameide_sdk_go'],
        call,
      );
      const commit = split.trim();
      await meter.run(
        ['git', 'push', '--quiet', url, `+${commit}:refs/heads/main`, `${commit}:refs/tags/${tag}`],
        call,
      );
    },
  };
}

/** Builds and pushes the example's images, each with the tags of a release. */
export interface ImageTool {
  build(meter: Meter, version: Version, image: ImageName): Promise<void>;
  push(meter: Meter, version: Version, image: ImageName): Promise<void>;
  /** Removes what an earlier round has left behind. */
  clean?(run: Meter['run']): Promise<void>;
}

const allTags = ({ sha, version }: Version): readonly string[] => [sha, ...imageTags(version)];
const DOCKERFILE = 'FROM scratch\nCOPY . /\n';

export async function dockerTool(place: Place, clone: string): Promise<ImageTool> {
  const env = await ociAccess(place);
  const name = (image: string): string => `${place.registries.oci.host}/bench/${image}`;
  return {
    async build(meter, version, image) {
      const context = join(clone, IMAGE_FOLDERS[image]);
      await writeFile(join(context, '.dockerignore'), 'node_modules\nDockerfile\n.dockerignore\n');
      await writeFile(join(context, 'Dockerfile'), DOCKERFILE);
      const tags = allTags(version).flatMap((tag) => ['--tag', `${name(image)}:${tag}`]);
      await meter.run(['docker', 'build', '--quiet', ...tags, '.'], { cwd: context, env });
    },
    push: async (meter, _, image) =>
      void (await meter.run(['docker', 'push', '--quiet', '--all-tags', name(image)], {
        cwd: clone,
        env,
      })),
    clean: async (run) =>
      void (await run(['docker', 'system', 'prune', '--all', '--force'], {
        cwd: place.folder,
        env,
      })),
  };
}

/** crane packs no files, so tar does that. */
export async function craneTool(place: Place, clone: string): Promise<ImageTool> {
  const env = await ociAccess(place);
  const name = (image: string): string => `${place.registries.oci.host}/bench/${image}`;
  const layer = (image: string): string => join(place.folder, `${image}.tar`);
  return {
    build: async (meter, _, image) =>
      void (await meter.run(
        ['tar', '--create', '--file', layer(image), '--exclude=node_modules', '.'],
        { cwd: join(clone, IMAGE_FOLDERS[image]) },
      )),
    async push(meter, version, image) {
      const [first = '', ...others] = allTags(version);
      const call = { cwd: clone, env };
      await meter.run(
        [
          'crane',
          'append',
          '--insecure',
          '--oci-empty-base',
          '--new_layer',
          layer(image),
          '--new_tag',
          `${name(image)}:${first}`,
        ],
        call,
      );
      for (const tag of others)
        await meter.run(['crane', 'tag', '--insecure', `${name(image)}:${first}`, tag], call);
    },
  };
}
