import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { resolve } from 'node:path';
import { InvalidInputError } from '@ameide/versioning-core';
import { type EngineEvent, EVENT_SCHEMA } from '../../run/events.ts';
import { reasonOf } from '../../run/faults.ts';
import type { CliEnvironment } from '../environment.ts';
import { jsonRedactor } from '../redacted-json.ts';
import { refuseOutput, requireOutside } from '../refuse-output.ts';

/** The file that `--events` names. */
export interface EventsFile extends Disposable {
  onEvent(event: EngineEvent): void;
  /** Why not every event was written, for example a full disk. Undefined if all were. */
  failure(): string | undefined;
}

/** Bytes to read of the first line: enough for the schema, which is the first member of every event. */
const BEGINNING = 64;

/**
 * Opens the file to append to it: a new one, an empty one, or one with events of earlier runs. Throws
 * `InvalidInputError` for a file with other contents, a file in the repository, where it would be a
 * change of the working tree, and a file that cannot be written. Writes each line before the release
 * goes on, so a crash of the program loses none.
 */
export function openEventsFile(
  file: string,
  repository: string,
  env: CliEnvironment['env'],
): EventsFile {
  const path = resolve(file);
  const descriptor = openToAppend(file, path, repository);
  const redact = jsonRedactor(env);
  let failed: string | undefined;
  return {
    onEvent(event) {
      if (failed !== undefined) return;
      try {
        writeLine(descriptor, `${redact(event)}\n`);
      } catch (error) {
        failed = reasonOf(error);
      }
    },
    failure: () => failed,
    [Symbol.dispose]: () => closeSync(descriptor),
  };
}

function openToAppend(file: string, path: string, repository: string): number {
  const refuse = refuseOutput('events', file);
  let descriptor: number | undefined;
  try {
    requireOutside(path, repository, refuse);
    descriptor = openSync(path, 'a+');
    const stat = fstatSync(descriptor);
    if (!stat.isFile()) throw refuse('a file, not a folder, a pipe or a device');
    const { begins, isWhole } = readEnds(descriptor, stat.size);
    if (!begins) throw refuse('a new file, an empty file, or one that --events wrote before');
    // A crash of the system may have cut the last line.
    if (!isWhole) writeLine(descriptor, '\n');
    return descriptor;
  } catch (error) {
    if (descriptor !== undefined) closeSync(descriptor);
    throw error instanceof InvalidInputError
      ? error
      : refuse(`a file that can be written (${reasonOf(error)})`);
  }
}

/** Returns whether the file begins with an event of ours, and whether its last line is complete. */
function readEnds(
  descriptor: number,
  size: number,
): { readonly begins: boolean; readonly isWhole: boolean } {
  if (size === 0) return { begins: true, isWhole: true };
  const beginning = Buffer.alloc(BEGINNING);
  const length = readSync(descriptor, beginning, 0, BEGINNING, 0);
  const end = Buffer.alloc(1);
  readSync(descriptor, end, 0, 1, size - 1);
  const text = beginning.toString('utf8', 0, length);
  return {
    begins: text.startsWith(`{"schema":${JSON.stringify(EVENT_SCHEMA)}`),
    isWhole: end.toString('latin1') === '\n',
  };
}

function writeLine(descriptor: number, line: string): void {
  const bytes = Buffer.from(line);
  for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
}
