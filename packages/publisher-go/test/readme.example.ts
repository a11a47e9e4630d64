import { type GoModuleOptions, goModule } from '@ameide/publisher-go';
import type { Problem, Published, Release, SourceTree, Step } from '@ameide/versioning-core';

// What the engine of @ameide/release does for `publishers: [goModule({ directory:
// 'packages/ameide_sdk_go', mirror: 'https://…' })]`.
export async function publish(
  options: GoModuleOptions,
  source: SourceTree,
  release: Release,
  step: Step,
): Promise<readonly (Problem | Published)[]> {
  const publisher = await goModule(options).open(source);
  const plan = publisher.plan(release); // go:github.com/ameideio/ameide-sdk-go@v0.1.0; of a dev build …@source-<sha>
  const problems = await publisher.check(plan, step);
  const result = await publisher.build(plan, step); // the mirror's commit: the directory's tree, and which commit it came from
  if (problems.length > 0 || 'problem' in result) return problems;
  const published = await publisher.publish(plan, result.built, step); // its tags, in one push
  await publisher.promote?.(plan, step); // main or dev, never backwards
  return published; // outcome: 'published', and 'already-there' the second time
}
