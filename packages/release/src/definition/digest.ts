import { sha256Hex } from '@ameide/publisher-kit';
import { publishersOf, type ReleaseDefinition } from './definition.ts';

/**
 * Returns `sha256:<hex>` of what a definition publishes, from where, and what it runs for that. Equal for
 * equal definitions in any order of keys; tokens do not count.
 */
export function definitionDigest(definition: ReleaseDefinition): string {
  const publishers = publishersOf(definition).map(({ label, settings }) => ({ label, settings }));
  const { consumers: _, doctor: __, ...published } = definition;
  return dataDigest({ ...published, publishers });
}

/** Returns `sha256:<hex>` of JSON data. Equal for equal data in any order of keys. */
export function dataDigest(data: unknown): string {
  const text = JSON.stringify(data, (_key, value: unknown) => sorted(value));
  return `sha256:${sha256Hex(text)}`;
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
