import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunningGitHost } from '@ameide/local-registries';
import { listArchive, mapPaths } from './archive.ts';
import { run } from './program.ts';
import type { ShapeRepository } from './repository.ts';
import type { Archives, GoArtifact, Shape } from './shape.ts';

export interface RealModule {
  readonly artifact: GoArtifact;
  readonly shape: Shape;
  readonly repository: ShapeRepository;
  readonly clone: string;
  readonly output: string;
  readonly host: RunningGitHost;
}

/** The module as its maintainer publishes it by hand, and as `go mod download` then gets it. */
export async function realModule(real: RealModule): Promise<Archives> {
  const { artifact, shape, repository, clone, output, host } = real;
  const name = `real/${shape.name}`;
  const url = await host.createRepository(name);
  const bare = host.path(name);
  if (artifact.mirror === true) {
    const mirror = join(output, 'mirror');
    await cp(join(clone, artifact.directory), mirror, { recursive: true, verbatimSymlinks: true });
    await repository.git(mirror, 'init', '--quiet');
    await repository.git(mirror, 'add', '--all');
    await repository.git(mirror, 'commit', '--quiet', '--message', 'A release');
    await repository.git(mirror, 'tag', 'v0.1.0');
    await repository.git(mirror, 'push', '--quiet', '--tags', bare, 'main');
  } else {
    await repository.git(clone, 'tag', `${artifact.directory}/v0.1.0`);
    await repository.git(clone, 'push', '--quiet', '--tags', bare, 'main');
  }
  return downloadModule(artifact, url, output);
}

/** What a consumer gets of `v0.1.0`, from the repository at `url`. */
export async function downloadModule(
  { name, directory, mirror }: GoArtifact,
  url: string,
  folder: string,
): Promise<Archives> {
  const home = join(folder, 'go');
  await mkdir(home, { recursive: true });
  const place = mirror === true ? name : name.slice(0, -directory.length - 1);
  const env = {
    GOPROXY: 'direct',
    GOSUMDB: 'off',
    GOFLAGS: '-mod=mod -modcacherw',
    GOWORK: 'off',
    GOTOOLCHAIN: 'local',
    GOMODCACHE: join(home, 'modules'),
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: `url.${url.replace(/\.git$/, '')}.insteadOf`,
    GIT_CONFIG_VALUE_0: `https://${place}`,
  };
  const answer = await run(['go', 'mod', 'download', '-json', `${name}@v0.1.0`], home, env);
  const { Zip } = JSON.parse(answer) as { readonly Zip: string };
  const prefix = `${name}@v0.1.0/`;
  return { [`${name}.zip`]: mapPaths(await listArchive(Zip), (path) => path.replace(prefix, '')) };
}
