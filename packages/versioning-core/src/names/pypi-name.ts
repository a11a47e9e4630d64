import { InvalidInputError, received } from '../errors.ts';

/** The normal form of a name (PEP 503), also of a text that is none. */
export function normalisePypiName(name: string): string {
  return name.replace(/[-_.]+/g, '-').toLowerCase();
}

/**
 * Parses a Python project name (PEP 508) and normalises it (PEP 503): `Ameide_SDK.Python` becomes
 * `ameide-sdk-python`.
 */
export function parsePypiName(value: unknown, field = 'name'): string {
  if (
    typeof value === 'string' &&
    value.length <= 200 &&
    /^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$/.test(value)
  ) {
    return normalisePypiName(value);
  }
  throw new InvalidInputError({
    field,
    received: received(value),
    expected:
      'a Python project name of ASCII letters, digits, ".", "_" and "-", for example ameide-sdk-python',
  });
}
