import { readFile } from 'node:fs/promises';
import { InvalidInputError } from '@ameide/versioning-core';
import type { ReleaseDefinition } from '../definition.ts';
import { makePublisher } from './publishers.ts';
import { refuseVariables, type Variables, withVariables } from './variables.ts';

/**
 * Reads a definition that is data: `defineRelease`'s options as JSON, each publisher by its name,
 * `{ "npm": { "directory": "packages/sdk" } }`. Runs nothing of the repository. Throws
 * `InvalidInputError`.
 */
export async function readDefinition(path: string, env: Variables = process.env): Promise<unknown> {
  const { $schema: _schema, ...data } = parse(await readFile(path, 'utf8'), path);
  return definitionOf(data, env);
}

/** Makes a definition from data that is read already. */
export async function definitionOf(
  data: Readonly<Record<string, unknown>>,
  env: Variables,
): Promise<unknown> {
  const { identity, publishers, repository, sigstore } = data;
  refuseVariables({ repository, identity, sigstore });
  // `defineRelease` refuses what is not a list.
  if (!Array.isArray(publishers)) return data;
  const made: unknown[] = [];
  for (const [at, entry] of publishers.entries()) {
    const field = `publishers[${at}]`;
    made.push(await makePublisher(withVariables(entry, env, field), field));
  }
  return { ...data, publishers: made as ReleaseDefinition['publishers'] };
}

function parse(text: string, path: string): Readonly<Record<string, unknown>> {
  try {
    const data = JSON.parse(text) as unknown;
    if (typeof data === 'object' && data !== null && !Array.isArray(data))
      return data as Readonly<Record<string, unknown>>;
    throw new SyntaxError('it is not an object');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new InvalidInputError(
      { field: 'config', expected: `${path} to be one JSON object (${reason})` },
      'config-failed',
    );
  }
}
