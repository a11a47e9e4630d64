import { rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import { join } from 'node:path';

/** These environment variables override verdaccio's configuration. */
const OVERRIDES = [
  'VERDACCIO_STORAGE_PATH',
  'VERDACCIO_PUBLIC_URL',
  'VERDACCIO_FORWARDED_PROTO',
] as const;

/**
 * Starts a verdaccio on `directory`. It does not listen; pass requests with `emit('request', …)`.
 * `user` may publish after registering.
 * It runs inside this process. Loading it takes about a second, once; each further registry then
 * takes some ten milliseconds, and the fault matrix starts a new one for every case. A child
 * process would need the second, and 130 MB, each time. The drawback is that verdaccio has one
 * logger for the whole process, which writes only errors, into the folder of the first registry.
 * The server around it logs requests, for each registry in its own file.
 */
export async function startVerdaccio(directory: string, user: string): Promise<Server> {
  const override = OVERRIDES.find((name) => process.env[name] !== undefined);
  if (override !== undefined)
    throw new Error(`unset ${override}: verdaccio would follow it instead of its configuration`);
  // The user gets a new password each time the registry starts.
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
    // The fewest bcrypt rounds, because the password is random and every request checks it.
    auth: {
      htpasswd: { file: join(directory, 'htpasswd'), algorithm: 'bcrypt', rounds: 4, max_users: 1 },
    },
    max_body_size: '100mb',
    userRateLimit: { windowMs: 1000, max: 1_000_000 },
    web: { enable: false },
    log: { type: 'file', path: join(directory, 'verdaccio.log'), format: 'json', level: 'warn' },
  };
}
