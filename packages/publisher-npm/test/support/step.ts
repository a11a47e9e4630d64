import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Relation, ReleaseEvent, Step } from '@ameide/versioning-core';
import { onTestFinished } from 'vitest';

export interface StepOptions {
  readonly files?: Readonly<Record<string, string | object>>;
  readonly relation?: (a: string, b: string) => Relation;
  readonly signal?: AbortSignal;
}

/** A step with folders of its own, removed when the test ends, and a list of what was emitted. */
export function makeStep(options: StepOptions = {}): Step & { readonly events: ReleaseEvent[] } {
  const root = mkdtempSync(join(tmpdir(), 'publisher-npm-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const [source, workspace] = [join(root, 'source'), join(root, 'workspace')];
  mkdirSync(source);
  mkdirSync(workspace);
  writeFiles(source, options.files ?? {});
  const events: ReleaseEvent[] = [];
  const { relation } = options;
  return {
    signal: options.signal ?? new AbortController().signal,
    source,
    workspace,
    history: { relation: async (a, b) => relation?.(a, b) ?? (a === b ? 'same' : 'unknown') },
    events,
    emit: (event) => void events.push(event),
  };
}

export function writeFiles(root: string, files: Readonly<Record<string, string | object>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(
      join(root, path),
      typeof content === 'string' ? content : JSON.stringify(content),
    );
  }
}
