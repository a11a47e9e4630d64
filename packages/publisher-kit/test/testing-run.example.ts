import {
  createTestRepository,
  repositoryCommit,
  runPublisher,
} from '@ameide/publisher-kit/testing';
import type { PublisherDefinition } from '@ameide/versioning-core';

/** Publishes a commit with these files as the first release, and once more. */
export async function releaseTwice(
  definition: PublisherDefinition,
  files: Readonly<Record<string, string>>,
) {
  await using repository = createTestRepository();
  const sha = repository.commit({ files });
  const commit = await repositoryCommit(await repository.open(), { sha, ref: 'refs/tags/v0.1.0' });
  const first = await runPublisher(definition, commit);
  const second = await runPublisher(definition, commit);
  return { first, second }; // { problems, published, findings, moves, … } of each
}
