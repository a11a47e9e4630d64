import type {
  FileContent,
  LiteralSource,
  TestStep,
  TestStepOptions,
} from '@ameide/publisher-kit/testing';
import { literalSource, TEST_SHA, testRelease, testStep } from '@ameide/publisher-kit/testing';
import type { Relation } from '@ameide/versioning-core';
import { onTestFinished } from 'vitest';

export const SHA = TEST_SHA;
export const OTHER = 'a3d1c5e7f90b2d4c6e8a0b1c2d3e4f5061728394';
export const DATETIME = '20251113153211';

export const release: typeof testRelease = testRelease;

/** Makes a step that is removed after the test. */
export function stepWith(options: TestStepOptions): TestStep {
  const made = testStep(options);
  onTestFinished(() => made[Symbol.dispose]());
  return made;
}

/** A step over these files, and every relation between commits as given. */
export async function step(
  files: Readonly<Record<string, FileContent>> = {},
  relation?: (a: string, b: string) => Relation | Promise<Relation>,
): Promise<TestStep> {
  return stepWith({ files, ...(relation === undefined ? {} : { relation }) });
}

/** A commit with what the publishers of these tests are made from. */
export function tree(): LiteralSource {
  return literalSource({
    'sdk/index.js': '',
    'image/Dockerfile': 'FROM scratch\n',
    'packages/ameide_sdk_ts/index.js': '',
  });
}
