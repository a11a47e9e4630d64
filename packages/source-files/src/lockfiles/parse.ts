import { FAILSAFE_SCHEMA, loadAll, mergeTag, YAMLException } from 'js-yaml';
import { parse, TomlError } from 'smol-toml';
import { isObject, type Json, type JsonObject } from '../json/json.ts';
import { lineAt } from './lines.ts';
import { LockfileError } from './lockfile-error.ts';

const SCHEMA = FAILSAFE_SCHEMA.withTags(mergeTag);

/**
 * Returns the last document of a YAML file with every scalar as text, because `1.10` is a version. pnpm 11
 * writes a document about itself before the lockfile.
 */
export function parseYaml(text: string): JsonObject {
  try {
    return objectOf(loadAll(text, { schema: SCHEMA }).at(-1), 'a mapping');
  } catch (error) {
    if (error instanceof YAMLException)
      throw new LockfileError(`valid YAML (${error.reason})`, (error.mark?.line ?? 0) + 1);
    throw error;
  }
}

/** The same, or undefined for what is not such a file. */
export function lastDocument(text: string): JsonObject | undefined {
  try {
    return parseYaml(text);
  } catch (error) {
    if (error instanceof LockfileError) return undefined;
    throw error;
  }
}

export function parseJson(text: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const [, offset, line] =
      /at position (\d+)(?: \(line (\d+))?/.exec(error instanceof Error ? error.message : '') ?? [];
    const place = line === undefined ? lineAt(text, Number(offset ?? text.length)) : Number(line);
    throw new LockfileError('valid JSON', place);
  }
  return objectOf(value, 'a JSON object');
}

export function parseToml(text: string): JsonObject {
  try {
    return parse(text) as unknown as JsonObject;
  } catch (error) {
    if (error instanceof TomlError) throw new LockfileError('valid TOML', error.line);
    throw error;
  }
}

function objectOf(value: unknown, expected: string): JsonObject {
  if (isObject(value)) return value;
  throw new LockfileError(expected, 1);
}

/** The value of a key; undefined also for what every object inherits, such as `constructor`. */
export function own(object: JsonObject | undefined, key: string): Json | undefined {
  return object !== undefined && Object.hasOwn(object, key) ? object[key] : undefined;
}

export function objectAt(object: JsonObject | undefined, key: string): JsonObject | undefined {
  const value = own(object, key);
  return isObject(value) ? value : undefined;
}

export function textAt(object: JsonObject | undefined, key: string): string | undefined {
  const value = own(object, key);
  return typeof value === 'string' ? value : undefined;
}

/** The objects in an array; none for another value. */
export function objectsAt(object: JsonObject | undefined, key: string): readonly JsonObject[] {
  const value = own(object, key);
  return Array.isArray(value) ? value.filter((one) => isObject(one)) : [];
}

/** The keys and values that are text. */
export function textsOf(object: JsonObject | undefined): readonly (readonly [string, string])[] {
  return Object.entries(object ?? {}).flatMap(([key, value]) =>
    typeof value === 'string' ? [[key, value] as const] : [],
  );
}
