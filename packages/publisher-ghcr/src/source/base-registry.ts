import { createHttp, createProcesses } from '@ameide/publisher-kit';
import type { BuildRegistries, BuildRegistry } from '../engine/registry-auth.ts';
import { findDockerLogin } from '../login/docker-config.ts';
import type { GhcrPorts } from '../options.ts';
import { registryOrigin } from '../registry/address.ts';
import { Session } from '../registry/session.ts';

/** Returns a registry of base images, with what `docker login` has stored for it. */
export function baseRegistry(host: string, ports: GhcrPorts): BuildRegistry {
  const { env = process.env, http = createHttp() } = ports;
  const processes = ports.processes ?? createProcesses({ env });
  // BuildKit asks for a registry, not for a repository.
  const stored = findDockerLogin(host, '', { env, processes });
  const origin = registryOrigin({ name: host, host, repository: '' });
  const session = new Session({ origin, repository: '', http, login: async () => stored });
  return {
    origin,
    redact: (text) => session.redact(text),
    async login() {
      const { problems } = await stored;
      // BuildKit would go on without a login, and the registry's answer would hide the cause.
      if (problems !== undefined) throw new Error(problems[0].message);
      return session.login();
    },
    pullToken: async (repositories, signal) => session.pullToken(repositories, signal),
  };
}

/** BuildKit may ask for the image's own registry, and for those of base images. */
export function registriesOf(
  own: BuildRegistry,
  other: (host: string) => BuildRegistry,
): BuildRegistries {
  const known = new Map([[new URL(own.origin).host, own]]);
  return {
    of(host) {
      const found = known.get(host) ?? other(host);
      known.set(host, found);
      return found;
    },
    redact: (text) => [...known.values()].reduce((shown, one) => one.redact(shown), text),
  };
}
