import { npm } from '@ameide/publisher-npm';
import type { Published, Release, SourceTree, Step } from '@ameide/versioning-core';

/**
 * What the engine of @ameide/release does with a publisher, without its care for order, retries and
 * visibility.
 */
export async function publishSdk(
  source: SourceTree,
  release: Release,
  step: Step,
  registry: string,
): Promise<readonly Published[]> {
  const sdk = await npm({
    directory: 'packages/sdk',
    registry,
    token: () => process.env['NPM_TOKEN'],
  }).open(source);
  const plan = sdk.plan(release); // the version, the rewritten package.json, the dist-tag: no I/O
  const problems = [
    ...((await sdk.validate?.(plan, step)) ?? []), // what the commit decides, offline
    ...(await sdk.check(plan, step)), // the credential, the tools
  ];
  if (problems.length > 0) throw new Error(problems.map(({ message }) => message).join('\n'));
  const result = await sdk.build(plan, step); // a .tgz in step.workspace
  if (result.value === undefined) throw new Error(result.problems[0].message);
  const published = await sdk.publish(plan, result.value, step); // under the dist-tag `incoming`
  if (published.every(({ outcome }) => outcome === 'published' || outcome === 'already-there'))
    await sdk.promote?.(plan, step);
  return published;
}
