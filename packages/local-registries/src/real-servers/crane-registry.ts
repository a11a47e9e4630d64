import { startProgram } from './child-server.ts';
import type { RunningRealOciRegistry } from './docker-registry.ts';
import { type RealServerOptions, startReal } from './open.ts';

/**
 * Starts go-containerregistry's `registry`, in memory, without authentication (`user` and
 * `password` are empty). The library has the referrers API; the command, as of v0.22.1, does not
 * enable it.
 */
export async function startCraneRegistry(
  options: RealServerOptions = {},
): Promise<RunningRealOciRegistry> {
  return startReal('ocireg', options.directory, async (state, command) => {
    const server = await startProgram(state, {
      command: [...command, '-port', '0'],
      listening: /serving on port (\d+)/,
    });
    return Object.assign(server, {
      host: new URL(server.url).host,
      user: '',
      password: '',
      referrers: false,
    });
  });
}
