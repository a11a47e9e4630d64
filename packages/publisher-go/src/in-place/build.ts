import { type Built, failed, ok, type Result, type Step } from '@ameide/versioning-core';
import { findUncommittedSources } from '../module/uncommitted.ts';
import type { ModuleAtCommit } from '../validate.ts';
import type { InPlacePlan } from './plan.ts';

/** Builds nothing: `go` downloads the commit itself. */
export async function buildInPlace(
  { coordinates, sha }: InPlacePlan,
  module: ModuleAtCommit,
  { checkout, signal }: Step,
): Promise<Result<Built>> {
  signal.throwIfAborted();
  const [first, ...more] = await findUncommittedSources({ module, checkout, elsewhere: [] });
  if (first !== undefined) return failed(first, ...more);
  const commit = { name: 'commit', digest: sha, size: 0 };
  return ok({ artifacts: coordinates.map((coordinate) => ({ coordinate, ...commit })) });
}
