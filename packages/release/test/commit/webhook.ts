import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

interface Examples {
  readonly name: string;
  readonly examples: readonly Readonly<Record<string, unknown>>[];
}

const file = import.meta.resolve('@octokit/webhooks-examples/api.github.com/index.json');
const all: readonly Examples[] = JSON.parse(readFileSync(fileURLToPath(file), 'utf8'));

/** A payload that GitHub really sent, as octokit recorded it: the first one with this action. */
export function recordedPayload(event: string, action?: string): Record<string, unknown> {
  const found = all
    .find(({ name }) => name === event)
    ?.examples.find((one) => action === undefined || one['action'] === action);
  if (found === undefined) throw new Error(`octokit recorded no ${event} ${action ?? ''}`);
  return structuredClone(found);
}

/** The file that GITHUB_EVENT_PATH names; removed with the test. */
export function payloadFile(payload: unknown): string {
  const folder = mkdtempSync(join(tmpdir(), 'ameide-event-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'event.json');
  writeFileSync(path, typeof payload === 'string' ? payload : JSON.stringify(payload));
  return path;
}
