import { rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import { join } from 'node:path';

/** Verdaccio puts these before its configuration, wherever they come from. */
const OVERRIDES = [
  'VERDACCIO_STORAGE_PATH',
  'VERDACCIO_PUBLIC_URL',
  'VERDACCIO_FORWARDED_PROTO',
] as const;

/**
 * A verdaccio over `directory`, not listening: requests are given to it with `emit('request', …)`.
 * `user` may publish, once registered.
 *
 * It runs inside this process. Loading it takes about a second, once; each further registry then
 * takes some ten milliseconds, and the fault matrix starts a fresh one for every case. A child
 * process would pay the second, and 130 MB, each time. The price is its logger, of which verdaccio
 * keeps one for the whole process: it writes to the folder of the first registry, and only what
 * goes wrong. Requests are logged by the server around it, for each registry in its own file.
 */
export async function startVerdaccio(directory: string, user: string): Promise<Server> {
  const override = OVERRIDES.find((name) => process.env[name] !== undefined);
  if (override !== undefined)
    throw new Error(`unset ${override}: verdaccio would follow it instead of its configuration`);
  // The user's password is new each time the registry starts.
  await rm(join(directory, 'htpasswd'), { force: true });
  const { runServer } = await import('verdaccio');
  return (await runServer(configuration(directory, user))) as Server;
}

function configuration(directory: string, user: string): object {
  return {
    configPath: join(directory, 'config.yaml'),
    storage: join(directory, 'storage'),
    uplinks: {},
    packages: { '**': { access: '$all', publish: user, unpublish: user } },
    // The fewest bcrypt rounds: the password is random, and is checked at every request.
    auth: {
      htpasswd: { file: join(directory, 'htpasswd'), algorithm: 'bcrypt', rounds: 4, max_users: 1 },
    },
    max_body_size: '100mb',
    userRateLimit: { windowMs: 1000, max: 1_000_000 },
    web: { enable: false },
    log: { type: 'file', path: join(directory, 'verdaccio.log'), format: 'json', level: 'warn' },
  };
}
