import { startProgram } from './child-server.ts';
import type { RunningRealOciRegistry } from './docker-registry.ts';
import { type RealServerOptions, startReal } from './open.ts';

export interface CraneRegistryOptions extends RealServerOptions {
  /** True: with the referrers API, in a program of ours around the same library. Default false. */
  readonly referrers?: boolean;
}

/**
 * Starts go-containerregistry's `registry`, in memory, without authentication (`user` and
 * `password` are empty). The library has the referrers API; the command, as of v0.22.1, does not
 * enable it, `programs/referrers-registry` does.
 */
export async function startCraneRegistry(
  options: CraneRegistryOptions = {},
): Promise<RunningRealOciRegistry> {
  const { directory, referrers = false } = options;
  const name = referrers ? 'referrers-registry' : 'ocireg';
  return startReal(name, directory, async (state, command) => {
    const server = await startProgram(state, {
      command: referrers ? command : [...command, '-port', '0'],
      listening: /serving on port (\d+)/,
    });
    return Object.assign(server, {
      host: new URL(server.url).host,
      user: '',
      password: '',
      referrers,
    });
  });
}
