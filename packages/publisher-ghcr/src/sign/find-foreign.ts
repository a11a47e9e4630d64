import {
  type Finding,
  findAnswer,
  formatCoordinate,
  isOurs,
  type Problem,
  problem,
} from '@ameide/versioning-core';
import { classifyImage } from '../inspect.ts';
import type { GhcrPlan } from '../plan.ts';
import type { Manifest, RegistryClient } from '../registry/client.ts';
import { describeManifest } from '../registry/existing-image.ts';

interface Signable {
  readonly plan: GhcrPlan;
  /** What the tag of the plan's commit names now. */
  readonly image: Manifest;
  /** What the registry had when it was compared with the plan. */
  readonly seen: readonly Finding[] | undefined;
}

/**
 * Returns the problem of an image that is not to be signed: it has another digest than the one that was compared with
 * the plan, or it names another commit. Whoever may push can move the tag after it was read back, and a signature would
 * vouch for that image for ever.
 */
export async function findForeign(
  client: RegistryClient,
  { image, plan, seen = [] }: Signable,
  signal: AbortSignal,
): Promise<Problem | undefined> {
  const [coordinate] = plan.coordinates;
  if (coordinate === undefined) return undefined;
  const described = await describeManifest(client, image, signal);
  const found = classifyImage(coordinate, described, plan.sha);
  if (!isOurs(found.state)) return found.problem;
  const before = findAnswer(coordinate, seen)?.digest;
  return before === undefined || before === image.digest
    ? undefined
    : replaced(formatCoordinate(coordinate), before, image.digest);
}

function replaced(coordinate: string, before: string, now: string): Problem {
  return problem({
    code: 'ghcr-image-replaced',
    kind: 'conflict',
    message: `${coordinate} was not signed: it named ${before} when it was compared with this release, and names ${now} now.`,
    hint: 'Somebody moved the tag during the run: find out who, and let only one run at a time publish a commit.',
    coordinate,
    rerun: 'after-fix',
  });
}
