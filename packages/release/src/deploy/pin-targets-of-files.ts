import {
  createPins,
  type ImageRegistry,
  type Pin,
  type RollbackTargets,
} from '@ameide/deploy-policy';
import { type PinRequest, pinFiles } from './pin-files.ts';
import type { PinOutcome } from './pin-report.ts';

/**
 * Asks the registries about the targets of all files, each once, and pins each file to its own. Other files
 * stay as they are. Nothing is written if anything is wrong.
 */
export async function pinTargetsOfFiles(
  files: RollbackTargets['files'],
  registry: ImageRegistry,
  request: PinRequest,
): Promise<PinOutcome> {
  const targets = new Map(
    files.flatMap((file) => file.targets.map((target) => [JSON.stringify(target), target])),
  );
  const created = await createPins([...targets.values()], { ...request, registry });
  const pins = new Map([...targets.keys()].map((key, index) => [key, created.pins[index]]));
  const byPath = new Map(
    files.map(({ path, targets: own }) => [
      path,
      own.flatMap((target) => pins.get(JSON.stringify(target)) ?? []),
    ]),
  );
  const read = {
    ...request.read,
    files: request.read.files.filter(({ path }) => byPath.has(path)),
  };
  return pinFiles(
    { ...created, pins: distinct(created.pins) },
    { ...request, read },
    ({ path }) => byPath.get(path) ?? [],
  );
}

/** The tag that two targets would rather have may be one that neither gets. */
function distinct(pins: readonly Pin[]): readonly Pin[] {
  return [...new Map(pins.map((pin) => [JSON.stringify(pin), pin])).values()];
}
