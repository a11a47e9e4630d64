import type { Pointer, PointerFinding, Step } from '@ameide/versioning-core';
import semver from 'semver';
import type { Target } from './options.ts';
import type { NpmPlan } from './plan.ts';
import { readNamed, readTags } from './registry/read-tags.ts';

/** What the plan's dist-tags name now, and whether `latest` names, or will name, its dev build. */
export async function readPointers(
  target: Target,
  plan: NpmPlan,
  step: Step,
): Promise<readonly PointerFinding[]> {
  const answer = await readTags(target, plan.name, step.signal);
  const planned = await Promise.all(
    plan.pointers.map(async (pointer): Promise<PointerFinding> => {
      if (answer.value === undefined) return { pointer, problem: answer.problems[0] };
      const version = answer.value.get(pointer.pointer);
      return version === undefined
        ? { pointer }
        : { pointer, ...(await readNamed(target, plan.name, version, step.signal)) };
    }),
  );
  return answer.value === undefined ? planned : [...planned, ...ownLatest(plan, answer.value)];
}

/** Registries give `latest` to a package's first version, whatever tag the upload asks for. */
function ownLatest(
  { name, pointers, version }: NpmPlan,
  tags: ReadonlyMap<string, string>,
): readonly PointerFinding[] {
  if (semver.prerelease(version) === null || pointers.some((one) => one.pointer === 'latest'))
    return [];
  const pointer: Pointer = { ecosystem: 'npm', name, pointer: 'latest', version };
  if (tags.size === 0) {
    const note = `${version} is the first version of npm:${name} that the registry shows. Registries such as npmjs give the first version the dist-tag latest, whatever tag the upload asks for: ${untilReleased(name)}`;
    return [{ pointer, note }];
  }
  return tags.get('latest') === version
    ? [{ pointer, version, note: noteOnLatest(name, version) }]
    : [];
}

/** Returns the note about `latest` while it names a dev build or a candidate. */
export function noteOnLatest(name: string, version: string): string {
  return `The dist-tag latest of npm:${name} names ${version}, which is no release: ${untilReleased(name)}`;
}

function untilReleased(name: string): string {
  return `npm install ${name} gets it until a release takes the tag over.`;
}
