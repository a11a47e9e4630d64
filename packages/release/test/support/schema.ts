import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';

const FOLDER = new URL('../../schemas/', import.meta.url);

type Schema = Readonly<Record<string, unknown>>;

/**
 * Returns what a value has that its published schema does not allow. The published schema is open to
 * members of later versions; the copy that is used here allows none, so that no member is forgotten.
 */
export function schemaErrors(
  name: 'built-1' | 'map-1' | 'record-1',
  value: unknown,
): readonly string[] {
  const published = JSON.parse(readFileSync(new URL(`${name}.schema.json`, FOLDER), 'utf8'));
  const ajv = new Ajv2020({ allErrors: true, strict: true });
  ajv.compile(published as Schema);
  const validate = new Ajv2020({ allErrors: true }).compile(closed(published) as Schema);
  if (validate(value)) return [];
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) =>
      `${instancePath} ${message ?? ''} ${JSON.stringify(params)}`,
  );
}

function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const own = Object.fromEntries(
    Object.entries(schema).map(([name, value]) => [name, closed(value)]),
  );
  return own['type'] === 'object' ? { ...own, additionalProperties: false } : own;
}
