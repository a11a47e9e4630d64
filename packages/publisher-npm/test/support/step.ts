import {
  addIndex,
  type FileContent,
  type TestStep,
  type TestStepOptions,
  testStep,
  writeInto,
} from '@ameide/publisher-kit/testing';
import { onTestFinished } from 'vitest';

export type StepOptions = TestStepOptions;

/** A step with folders of its own, removed when the test ends. */
export function makeStep(options: StepOptions = {}): TestStep {
  const step = testStep(options);
  if (options.files !== undefined) addIndex(step.checkout);
  onTestFinished(() => step[Symbol.dispose]());
  return step;
}

export function writeFiles(root: string, files: Readonly<Record<string, FileContent>>): void {
  for (const [path, content] of Object.entries(files)) writeInto(root, path, content);
}
