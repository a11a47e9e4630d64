import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunningOciRegistry } from '../oci-registry/index.ts';
import { startProgram } from './child-server.ts';
import { type RealServerOptions, startReal } from './open.ts';

export interface DockerRegistryOptions extends RealServerOptions {
  /**
   * `basic` also needs the password for pulls, because it has no anonymous pull. Default `basic`.
   */
  readonly auth?: 'basic' | 'none';
  /** False: the server refuses deletions, which is its own default. Default here: true. */
  readonly deletes?: boolean;
}

/** An OCI registry, and whether it has the referrers API of distribution-spec 1.1. */
export type RunningRealOciRegistry = RunningOciRegistry & { readonly referrers: boolean };

// The server accepts only bcrypt, which neither node nor Python's own library can make. For one
// test on loopback a fixed, known password is enough; it is long enough to be found if it leaks
// into a log.
const USER = 'publisher';
const PASSWORD = 'local-docker-registry-3c0b7a1d9e52';
const HASH = '$2a$04$8U56E4o.H1daCbgWldgAmeePzBbt7CCXCQ60H9HZbF9hmKY6SETjm';

/**
 * Starts Debian's docker-registry (CNCF distribution 2.8): no referrers API. Deleting manifests and
 * blobs is enabled.
 */
export async function startDockerRegistry(
  options: DockerRegistryOptions = {},
): Promise<RunningRealOciRegistry> {
  return start('docker-registry', options);
}

/** Starts CNCF distribution 3, with the settings of `startDockerRegistry`. */
export async function startDistribution(
  options: DockerRegistryOptions = {},
): Promise<RunningRealOciRegistry> {
  return start('distribution', options);
}

async function start(
  name: 'docker-registry' | 'distribution',
  options: DockerRegistryOptions,
): Promise<RunningRealOciRegistry> {
  return startReal(name, options.directory, async (state, command) => {
    const passwords = join(state.directory, 'htpasswd');
    await writeFile(passwords, `${USER}:${HASH}\n`, { mode: 0o600 });
    const configuration = join(state.directory, 'config.yml');
    // JSON is YAML.
    await writeFile(configuration, JSON.stringify(settings(state.directory, passwords, options)));
    const server = await startProgram(state, {
      command: [...command, 'serve', configuration],
      listening: /listening on 127\.0\.0\.1:(\d+)/,
      // Version 3 sends traces to port 4318 unless it is told not to.
      env: { OTEL_TRACES_EXPORTER: 'none' },
    });
    return Object.assign(server, {
      host: new URL(server.url).host,
      user: USER,
      password: PASSWORD,
      referrers: false,
    });
  });
}

function settings(
  directory: string,
  passwords: string,
  { auth = 'basic', deletes = true }: DockerRegistryOptions,
): object {
  return {
    version: 0.1,
    log: { level: 'info', accesslog: { disabled: false } },
    storage: {
      filesystem: { rootdirectory: join(directory, 'storage') },
      delete: { enabled: deletes },
    },
    http: { addr: '127.0.0.1:0' },
    ...(auth === 'none'
      ? {}
      : { auth: { htpasswd: { realm: 'docker-registry', path: passwords } } }),
  };
}
