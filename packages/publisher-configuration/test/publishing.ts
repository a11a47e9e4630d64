import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createWorkspace, openRepository } from '@ameide/publisher-kit';
import {
  canonical,
  classifyRef,
  deriveVersions,
  type PublisherDefinition,
} from '@ameide/versioning-core';
import { onTestFinished } from 'vitest';

/**
 * What the engine does for one publisher: publishes a commit of a repository as the channel of
 * `ref`, and moves the pointers.
 */
export async function publishCommit(
  directory: string,
  sha: string,
  ref: string,
  definition: PublisherDefinition,
): Promise<void> {
  const repository = await openRepository(directory);
  const workspace = await createWorkspace();
  onTestFinished(async () => {
    await repository.close();
    await workspace.dispose();
  });
  const commit = await repository.resolve(sha);
  const publisher = await definition.open(repository.source(commit));
  const tuple = canonical({ base: '0.1.0', sha, datetime: await repository.commitTime(sha) });
  const plan = publisher.plan({
    canonical: tuple,
    channel: classifyRef(ref),
    versions: deriveVersions(tuple, classifyRef(ref), { tags: [] }),
    members: publisher.members,
  });
  const step = {
    signal: new AbortController().signal,
    workspace: join(workspace.directory, 'workspace'),
    // A bundle is made from the commit alone: there is nothing here to be read.
    source: repository.source(await repository.resolve(sha)),
    checkout: join(workspace.directory, 'nothing'),
    environment: {},
    history: repository.history(),
    emit: () => undefined,
  };
  await mkdir(step.workspace);
  const result = await publisher.build(plan, step);
  if (result.value === undefined) throw new Error(result.problems[0].message);
  for (const { outcome, problem } of await publisher.publish(plan, result.value, step)) {
    if (outcome !== 'published') throw new Error(problem?.message ?? outcome);
  }
  await publisher.promote?.(plan, step);
}
