import { type Built, failed, ok, type Result, type Step } from '@ameide/versioning-core';
import { findUncommittedSources } from '../module/uncommitted.ts';
import type { ModuleAtCommit } from '../validate.ts';
import type { InPlacePlan } from './plan.ts';

/** Builds nothing: `go` downloads the commit itself. */
export async function buildInPlace(
  plan: InPlacePlan,
  module: ModuleAtCommit,
  { checkout, signal }: Step,
): Promise<Result<Built>> {
  signal.throwIfAborted();
  const [first, ...more] = await findUncommittedSources({ module, checkout, elsewhere: [] });
  if (first !== undefined) return failed(first, ...more);
  return ok(builtInPlace(plan));
}

/** The source commit, which every clone has: nothing has to be saved for another machine. */
export function builtInPlace({ coordinates, sha }: InPlacePlan): Built {
  const commit = { name: 'commit', digest: sha, size: 0 };
  return { artifacts: coordinates.map((coordinate) => ({ coordinate, ...commit })) };
}
