import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type AnySchemaObject } from 'ajv/dist/2020.js';
import { expect } from 'vitest';
import type { EngineEvent } from '../../src/run/events.ts';

export const published = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../schemas/event-1.schema.json'), 'utf8'),
) as AnySchemaObject;

/** The types that the schema describes. */
const TYPES: readonly string[] = published['allOf'].map(
  (rule: { if: { properties: { type: { const: string } } } }) => rule.if.properties.type.const,
);

/** The published schema allows what later versions add; here nothing else is allowed. */
function closed(): AnySchemaObject {
  return {
    ...published,
    $id: 'closed',
    properties: { ...published['properties'], type: { enum: TYPES } },
    unevaluatedProperties: false,
  };
}

const ajv = new Ajv2020({ strict: false, allErrors: true });
export const isOpen = ajv.compile(published);
export const isClosed = ajv.compile(closed());

/** Expects the events of one run, in order, and nothing in them that the schema does not describe. */
export function expectValid(events: readonly EngineEvent[]): void {
  for (const event of events) {
    const isValid = isClosed(event);
    expect({ event, isValid, errors: isClosed.errors }).toEqual({
      event,
      isValid: true,
      errors: null,
    });
    expect(isOpen(event)).toBe(true);
    expect(event.message).toMatch(/^[^\n]+$/);
  }
  expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, at) => at + 1));
}
