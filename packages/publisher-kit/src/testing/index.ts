/**
 * What tests of a publisher need besides a registry: repositories, commits as literals, releases,
 * steps, and whole runs like the engine's. Needs no particular test runner;
 * `@ameide/publisher-kit/contract` is the suite for vitest.
 */
export {
  type LiteralCommitOptions,
  literalCommit,
  type Relate,
  type RepositoryCommitOptions,
  repositoryCommit,
  type TestCommit,
} from './commit.ts';
export {
  addIndex,
  COMMIT_TIME,
  type CommitOptions,
  createTestRepository,
  type FileContent,
  runGit,
  type TestRepository,
  writeInto,
} from './git-repository.ts';
export { type LiteralOptions, type LiteralSource, literalSource } from './literal-source.ts';
export { TEST_SHA, type TestReleaseOptions, testRelease } from './release.ts';
export {
  builtOf,
  type OpenedRun,
  openRun,
  type RunOptions,
  type RunReport,
  runPublisher,
} from './run.ts';
export { type TestStep, type TestStepOptions, testStep } from './step.ts';
