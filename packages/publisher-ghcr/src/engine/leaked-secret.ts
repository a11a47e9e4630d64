import { createProcesses, findSecretsInFile, type Secret } from '@ameide/publisher-kit';
import type { ImageParts } from '../build.ts';

/** Characters; a shorter secret could occur by chance. */
const SHORTEST = 8;

/**
 * Returns the id of a secret that is in the image's config or layers, in any form: a step can copy it
 * there, as `npm config set` does.
 */
export async function findLeakedSecret(
  secrets: ReadonlyMap<string, Secret>,
  { config, layers }: ImageParts,
  signal: AbortSignal,
): Promise<string | undefined> {
  const wanted = [...secrets]
    .map(([name, secret]) => ({ name, value: secret.reveal().trim() }))
    .filter(({ value }) => value.length >= SHORTEST);
  const scope = { processes: createProcesses(), signal };
  for (const { path } of [config, ...layers]) {
    const [found] = await findSecretsInFile(path, wanted, scope);
    if (found !== undefined) return found.name;
  }
  return undefined;
}
