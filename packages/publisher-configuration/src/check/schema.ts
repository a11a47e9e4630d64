import { cleanText } from '@ameide/publisher-kit';
import { printable } from '@ameide/versioning-core';
import type { AnySchemaObject, ErrorObject, Options, ValidateFunction } from 'ajv';
import type { Fault, FileFault } from './fault.ts';
import { readerOf } from './reader.ts';

/**
 * Which files of the bundle a schema is for: by a file's path, or by a folder's with `/` at its
 * end. Values are paths of JSON Schemas in the bundle.
 */
export type Schemas = Readonly<Record<string, string>>;

/**
 * Holds files to their schemas. `values` gives what is in a file, one value for each document, and
 * undefined for none that could be read.
 */
export async function schemaFaults(
  schemas: Schemas,
  paths: readonly string[],
  values: (path: string) => readonly unknown[] | undefined,
): Promise<readonly FileFault[]> {
  const faults: FileFault[] = [];
  for (const [target, schema] of Object.entries(schemas)) {
    const named = paths.filter(
      (path) => path === target || (target.endsWith('/') && path.startsWith(target)),
    );
    // A README beside the environments is held to nothing.
    const covered = named.filter((path) => path !== schema && readerOf(path) !== undefined);
    if (named.length === 0)
      faults.push({ path: target, what: 'is named in the option schemas, and is not there' });
    else if (covered.length === 0) faults.push({ path: target, what: NOTHING_TO_CHECK });
    const [value] = values(schema) ?? [];
    if (value === undefined) {
      faults.push({
        path: schema,
        what: 'is named in the option schemas, and is no JSON or YAML file that can be read',
      });
      continue;
    }
    const compiled = await compile(value);
    if ('what' in compiled) {
      faults.push({ path: schema, ...compiled });
      continue;
    }
    for (const path of covered)
      faults.push(...heldTo(compiled.validate, values(path)).map((fault) => ({ path, ...fault })));
  }
  return faults;
}

const NOTHING_TO_CHECK = 'is named in the option schemas, and holds no JSON or YAML to check';

// By the specification's default `format` only describes. Ajv's advice on style is not printed.
const OPTIONS: Options = { validateFormats: false, logger: false };

async function compile(schema: unknown): Promise<{ readonly validate: ValidateFunction } | Fault> {
  if (typeof schema !== 'object' || schema === null) return { what: 'is no JSON Schema' };
  // Loaded when there is a schema, because most bundles have none.
  const { $schema: dialect } = schema as { readonly $schema?: unknown };
  const draft7 = typeof dialect === 'string' && dialect.includes('//json-schema.org/draft-07/');
  const { Ajv } = draft7
    ? await import('ajv')
    : { Ajv: (await import('ajv/dist/2020.js')).Ajv2020 };
  try {
    return { validate: new Ajv(OPTIONS).compile(schema as AnySchemaObject) };
  } catch (error) {
    return {
      what: `is no JSON Schema of 2020-12 or draft-07: ${cleanText((error as Error).message)}`,
    };
  }
}

function heldTo(
  validate: ValidateFunction,
  values: readonly unknown[] | undefined,
): readonly Fault[] {
  // A file with faults has them reported.
  return (values ?? []).flatMap((value) =>
    validate(value) ? [] : (validate.errors ?? []).map((error) => ({ what: reason(error) })),
  );
}

function reason({ instancePath, message = 'does not fit', params }: ErrorObject): string {
  const { additionalProperty } = params as { readonly additionalProperty?: unknown };
  const extra = additionalProperty === undefined ? '' : ` ${printable(additionalProperty)}`;
  // Keys and patterns may hold anything.
  return `does not fit its schema: ${cleanText(`${instancePath === '' ? 'it' : instancePath} ${message}`)}${extra}`;
}
