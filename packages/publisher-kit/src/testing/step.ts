import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  formatCoordinate,
  type ReleaseEvent,
  type SourceTree,
  type Step,
} from '@ameide/versioning-core';
import { literalHistory, type Relate } from './commit.ts';
import { type FileContent, writeInto } from './git-repository.ts';
import { literalSource } from './literal-source.ts';

export interface TestStep extends Step, Disposable {
  /** The events that were emitted. */
  readonly events: readonly ReleaseEvent[];
}

export interface TestStepOptions {
  /** The files of the checkout, and of the source unless that is given. */
  readonly files?: Readonly<Record<string, FileContent>>;
  readonly source?: SourceTree;
  readonly environment?: Readonly<Record<string, string>>;
  /** How two different commits relate. Default `unknown`. */
  readonly relation?: Relate;
  readonly signal?: AbortSignal;
}

/**
 * Makes a step with its own checkout and workspace in a temporary folder. Dispose of it to remove
 * them.
 */
export function testStep(options: TestStepOptions = {}): TestStep {
  const { files = {}, relation } = options;
  const root = mkdtempSync(join(tmpdir(), 'ameide-step-'));
  const [checkout, workspace] = [join(root, 'checkout'), join(root, 'workspace')];
  for (const folder of [checkout, workspace]) mkdirSync(folder);
  for (const [path, content] of Object.entries(files)) writeInto(checkout, path, content);
  const events: ReleaseEvent[] = [];
  return {
    signal: options.signal ?? new AbortController().signal,
    source: options.source ?? literalSource(files),
    checkout,
    workspace,
    environment: options.environment ?? {},
    history: literalHistory(relation),
    events,
    resolve: resolveNothing,
    emit: (event) => void events.push(event),
    [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** `Step.resolve` of a run without other publishers. */
export const resolveNothing: Step['resolve'] = (required) =>
  Promise.reject(new Error(`the test has no ${formatCoordinate(required)}`));
