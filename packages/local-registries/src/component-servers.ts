import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Found } from './component.ts';
import {
  isProgram,
  optionalFolder,
  optionalProgram,
  output,
  pathFolders,
  program,
  searchPath,
} from './component-programs.ts';
import { dockerEngineAnswers } from './docker-engine.ts';

/** Finds go-containerregistry's registry. */
export function ocireg(): Found {
  const found = program('registry');
  // Distribution's own server has the same name; only go-containerregistry's accepts -port.
  return found?.path !== undefined && /^\s*-port\b/m.test(output(found.path, ['-help']))
    ? found
    : undefined;
}

/** Pulp needs a PostgreSQL to start on. */
export function pulp(): Found {
  const path = join(optionalFolder('pulp'), 'bin/pulpcore-api');
  return isProgram(path) && postgresqlFolder() !== undefined
    ? { path, command: [path] }
    : undefined;
}

/** The services of Sigstore are built together: Fulcio is the last one. */
export function sigstore(): Found {
  return optionalProgram('sigstore', 'fulcio');
}

/** Returns the folder of PostgreSQL's `initdb` and `postgres`: Debian keeps them off PATH. */
export function postgresqlFolder(): string | undefined {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian) : [];
  const folders = [...pathFolders(), ...versions.map((version) => join(debian, version, 'bin'))];
  return folders.find((folder) => isProgram(join(folder, 'initdb')));
}

/**
 * Finds a `docker` that can build with BuildKit: before version 23 by itself, later with buildx.
 */
export function dockerBuild(): Found {
  const path = searchPath()
    .map((folder) => join(folder, 'docker'))
    .find((docker) => isProgram(docker) && usesBuildKit(docker));
  return path === undefined ? undefined : { path, command: [path] };
}

function usesBuildKit(docker: string): boolean {
  const [, major] = /^Docker version (\d+)/.exec(output(docker, ['--version'])) ?? [];
  if (major !== undefined && Number(major) < 23) return true;
  return output(docker, ['buildx', 'version']).startsWith('github.com/docker/buildx ');
}

/** Finds a Docker Engine that answers. */
export function dockerEngine(): Found {
  const address = process.env['DOCKER_HOST'] ?? 'unix:///var/run/docker.sock';
  return dockerEngineAnswers(address) ? { path: address } : undefined;
}
