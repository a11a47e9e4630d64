import { InvalidInputError, printable } from '@ameide/versioning-core';

export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json | undefined;
}

/** Deeper than any manifest. The limit keeps a hostile file from exhausting the stack. */
const MAX_DEPTH = 64;

/**
 * Parses a JSON object more strictly than `JSON.parse`. Throws `InvalidInputError`, code
 * `npm-manifest`, field `path`, for a duplicate key (two readers may choose differently), a
 * `__proto__` key, and nesting beyond 64 levels. Ignores a BOM, as npm does.
 */
export function parseManifestJson(text: string, path: string): JsonObject {
  const bare = text.startsWith('\uFEFF') ? text.slice(1) : text;
  let value: unknown;
  try {
    value = JSON.parse(bare);
  } catch (error) {
    throw invalid(path, `valid JSON${placeOf(error)}`);
  }
  if (!isObject(value)) throw invalid(path, 'a JSON object');
  refuseAmbiguity(bare, path);
  return value;
}

/**
 * Returns only the position from V8's message, because the rest quotes the file, which may contain
 * anything.
 */
function placeOf(error: unknown): string {
  const [place = ''] =
    / \(line \d+ column \d+\)$/.exec(error instanceof Error ? error.message : '') ?? [];
  return place;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Returns the object with every string in it changed. */
export function mapTexts(
  object: JsonObject,
  change: (key: string, text: string) => string,
): JsonObject {
  return Object.fromEntries(
    Object.entries(object).map(([key, value]) => [
      key,
      typeof value === 'string' ? change(key, value) : value,
    ]),
  );
}

/** Walks JSON that is already known to be valid, so only strings and brackets matter. */
function refuseAmbiguity(json: string, path: string): void {
  const open: (Set<string> | undefined)[] = [];
  for (const token of json.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?|[{}[\]]/g)) {
    const text = token[0];
    if (text === '{' || text === '[') open.push(text === '{' ? new Set() : undefined);
    else if (text === '}' || text === ']') open.pop();
    else if (token[1] !== undefined) {
      const key = JSON.parse(text.slice(0, text.length - token[1].length)) as string;
      const keys = open.at(-1);
      if (key === '__proto__') throw invalid(path, 'no key named __proto__');
      if (keys?.has(key) === true)
        throw invalid(path, `each key once, but ${printable(key)} is in one object twice`);
      keys?.add(key);
    }
    if (open.length > MAX_DEPTH) throw invalid(path, `at most ${MAX_DEPTH} levels of nesting`);
  }
}

function invalid(field: string, expected: string): InvalidInputError {
  return new InvalidInputError({ field, expected }, 'npm-manifest');
}
