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
  const problems = [
    ...((await publisher.validate?.(plan, step)) ?? []), // what the commit decides: offline
    ...(await publisher.check(plan, step)), // what the host says
  ];
  if (problems.length > 0) return problems;
  const { value: built, problems: failures } = await publisher.build(plan, step); // the mirror's commit
  if (built === undefined) return failures;
  const published = await publisher.publish(plan, built, step); // its tags, in one push
  await publisher.promote?.(plan, step); // main or dev, never backwards
  return published; // outcome: 'published', and 'already-there' the second time
}
