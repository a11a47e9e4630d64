/**
 * What tests of a publisher need beside a registry: repositories, commits as literals, releases and
 * steps. Independent of a test runner; `@ameide/publisher-kit/contract` is the suite for vitest.
 */
export {
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
export { type TestStep, type TestStepOptions, testStep } from './step.ts';
