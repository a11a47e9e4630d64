import { type PypiOptions, pypi } from '@ameide/publisher-pypi';
import type { Problem, Published, Release, SourceTree, Step } from '@ameide/versioning-core';

// What the engine of @ameide/release does for `publishers: [pypi({ directory:
// 'packages/ameide_sdk_python' })]`.
export async function publish(
  options: PypiOptions,
  source: SourceTree,
  release: Release,
  step: Step,
): Promise<readonly (Problem | Published)[]> {
  const publisher = await pypi(options).open(source);
  const plan = publisher.plan(release); // coordinates: pypi:ameide-sdk==0.1.0.dev20251113153211
  const problems = await publisher.check(plan, step);
  const result = await publisher.build(plan, step); // in the checkout: an sdist, a wheel
  if (problems.length > 0 || result.value === undefined) return result.problems ?? problems;
  return publisher.publish(plan, result.value, step); // outcome: 'published', and 'already-there' the second time
}
