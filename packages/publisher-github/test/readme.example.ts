import { type GithubOptions, github } from '@ameide/publisher-github';
import type { Problem, Published, Release, SourceTree, Step } from '@ameide/versioning-core';

// What the engine of @ameide/release does for `publishers: [github({ repository: 'ameideio/ameide' })]`.
export async function publish(
  options: GithubOptions,
  source: SourceTree,
  release: Release,
  step: Step,
): Promise<readonly (Problem | Published)[]> {
  const publisher = await github(options).open(source);
  const plan = publisher.plan(release); // coordinates: github:ameideio/ameide@v0.1.0
  const problems = await publisher.check(plan, step);
  const result = await publisher.build(plan, step);
  if (problems.length > 0 || result.value === undefined) return result.problems ?? problems;
  const published = await publisher.publish(plan, result.value, step); // the tag, and a draft
  await publisher.promote?.(plan, step); // the release
  return published; // outcome: 'published', and 'already-there' the second time
}
