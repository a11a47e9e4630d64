type Schema = Readonly<Record<string, unknown>>;

/**
 * Returns a TypeScript type that every document of a JSON Schema has, and perhaps more: `unknown`
 * for what TypeScript cannot say, or what is not read here (`allOf`, `if`, a recursive `$ref`).
 */
export function schemaType(text: string): string {
  const root: unknown = JSON.parse(text);
  return typeOf(root, root, []);
}

function typeOf(schema: unknown, root: unknown, followed: readonly string[]): string {
  if (schema === false) return 'never';
  if (!isObject(schema)) return 'unknown';
  const { $ref: ref, const: constant, enum: values, type } = schema;
  const within = (part: unknown): string => typeOf(part, root, followed);
  if (constant !== undefined) return literals([constant]);
  if (Array.isArray(values)) return literals(values);
  if (type !== undefined) {
    const names: readonly unknown[] = Array.isArray(type) ? type : [type];
    return union(names.map((name) => named(name, schema, within)));
  }
  const choices = schema['oneOf'] ?? schema['anyOf'];
  if (Array.isArray(choices)) return union(choices.map(within));
  if (typeof ref === 'string' && !followed.includes(ref))
    return typeOf(resolve(ref, root), root, [...followed, ref]);
  return 'unknown';
}

function named(name: unknown, schema: Schema, within: (part: unknown) => string): string {
  if (name === 'object') return objectType(schema, within);
  if (name === 'array')
    return schema['prefixItems'] === undefined && isObject(schema['items'])
      ? `readonly (${within(schema['items'])})[]`
      : 'readonly unknown[]';
  if (name === 'integer') return 'number';
  return ['string', 'number', 'boolean', 'null'].includes(String(name)) ? String(name) : 'unknown';
}

function objectType(schema: Schema, within: (part: unknown) => string): string {
  const { additionalProperties: others, patternProperties, properties, required } = schema;
  const known = isObject(properties) ? Object.entries(properties) : [];
  if (known.length === 0) {
    const value = patternProperties === undefined && isObject(others) ? within(others) : 'unknown';
    return `{ readonly [key: string]: ${value} }`;
  }
  const needed = Array.isArray(required) ? required : [];
  const fields = known.map(([key, part]) => {
    const mark = needed.includes(key) ? '' : '?';
    return `readonly ${JSON.stringify(key)}${mark}: ${within(part)}`;
  });
  return `{ ${fields.join('; ')} }`;
}

/** Only what is no object or list has a type of its own for each value. */
function literals(values: readonly unknown[]): string {
  return union(
    values.map((value) =>
      value === null || typeof value !== 'object' ? JSON.stringify(value) : 'unknown',
    ),
  );
}

function union(types: readonly string[]): string {
  const distinct = [...new Set(types)];
  if (distinct.length === 0 || distinct.includes('unknown')) return 'unknown';
  return distinct.length === 1 ? (distinct[0] ?? '') : `(${distinct.join(' | ')})`;
}

/** Finds a part by its JSON Pointer (RFC 6901): `#/$defs/port`. */
function resolve(ref: string, root: unknown): unknown {
  if (!ref.startsWith('#')) return true;
  let part = root;
  for (const key of ref.split('/').slice(1)) {
    const name = decodeURIComponent(key).replaceAll('~1', '/').replaceAll('~0', '~');
    part = isObject(part) ? part[name] : undefined;
  }
  return part ?? true;
}

function isObject(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
