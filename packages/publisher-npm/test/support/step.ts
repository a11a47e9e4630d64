import {
  type FileContent,
  type TestStep,
  testStep,
  writeInto,
} from '@ameide/publisher-kit/testing';
import type { Relation } from '@ameide/versioning-core';
import { onTestFinished } from 'vitest';

export interface StepOptions {
  readonly files?: Readonly<Record<string, FileContent>>;
  readonly relation?: (a: string, b: string) => Relation;
  readonly signal?: AbortSignal;
}

/** A step with folders of its own, removed when the test ends, and a list of what was emitted. */
export function makeStep(options: StepOptions = {}): TestStep {
  const step = testStep(options);
  onTestFinished(() => step[Symbol.dispose]());
  return step;
}

export function writeFiles(root: string, files: Readonly<Record<string, FileContent>>): void {
  for (const [path, content] of Object.entries(files)) writeInto(root, path, content);
}
