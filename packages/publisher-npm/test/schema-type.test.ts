import { expect, test } from 'vitest';
import { schemaType } from '../src/pack/schema-type.ts';

test.each([
  [true, 'unknown'],
  [false, 'never'],
  [{}, 'unknown'],
  [{ type: 'string' }, 'string'],
  [{ type: 'integer' }, 'number'],
  [{ type: ['string', 'null'] }, '(string | null)'],
  [{ type: 'thing' }, 'unknown'],
  [{ const: 'a' }, '"a"'],
  [{ enum: ['a', 1, null, 'a'] }, '("a" | 1 | null)'],
  [{ enum: ['a', { b: 1 }] }, 'unknown'],
  // Without a type, properties say nothing of what is no object.
  [{ properties: { a: { type: 'string' } } }, 'unknown'],
  [{ type: 'object' }, '{ readonly [key: string]: unknown }'],
  [
    { type: 'object', additionalProperties: { type: 'number' } },
    '{ readonly [key: string]: number }',
  ],
  [
    {
      type: 'object',
      additionalProperties: { type: 'number' },
      patternProperties: { '^x': { type: 'string' } },
    },
    '{ readonly [key: string]: unknown }',
  ],
  [
    { type: 'object', properties: { 'a-b': { type: 'string' }, c: {} }, required: ['c'] },
    '{ readonly "a-b"?: string; readonly "c": unknown }',
  ],
  [{ type: 'array' }, 'readonly unknown[]'],
  [{ type: 'array', items: { type: 'string' } }, 'readonly (string)[]'],
  [
    { type: 'array', prefixItems: [{ type: 'number' }], items: { type: 'string' } },
    'readonly unknown[]',
  ],
  [{ anyOf: [{ type: 'string' }, { const: 1 }] }, '(string | 1)'],
  [{ oneOf: [{ type: 'string' }, {}] }, 'unknown'],
  [{ allOf: [{ type: 'string' }] }, 'unknown'],
  [{ $ref: '#/$defs/a~1b', $defs: { 'a/b': { type: 'boolean' } } }, 'boolean'],
  [{ $ref: '#/$defs/none' }, 'unknown'],
  [{ $ref: '#' }, 'unknown'],
  [
    {
      $ref: '#/$defs/tree',
      $defs: { tree: { type: 'object', properties: { next: { $ref: '#/$defs/tree' } } } },
    },
    '{ readonly "next"?: unknown }',
  ],
])('the type of the schema %j', (schema, type) => {
  expect(schemaType(JSON.stringify(schema))).toBe(type);
});
