import type { ImageRegistry } from '@ameide/deploy-policy';
import { withImageRegistry } from '../../../deploy/image-registry.ts';
import type { Ended } from '../../../run/emitter.ts';
import type { CliEnvironment } from '../../environment.ts';
import { type Shown, withProgress } from '../../progress/with-progress.ts';
import type { DeployArguments, OpenedRelease } from './open-policy.ts';

/** Asks the registries of a release, and shows the progress. */
export async function askRegistries<R extends Ended>(
  env: CliEnvironment,
  args: DeployArguments,
  release: OpenedRelease,
  ask: (registry: ImageRegistry) => Promise<R>,
): Promise<Shown<R>> {
  return withProgress(env, args, release.repository.root, async (onEvent) =>
    withImageRegistry({ ...release, signal: env.signal, onEvent }, ask),
  );
}
