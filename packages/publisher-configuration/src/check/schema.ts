import { cleanText } from '@ameide/publisher-kit';
import { printable } from '@ameide/versioning-core';
import { readPattern } from '@ameide/versioning-core/options';
import type { AnySchemaObject, ErrorObject, Options, ValidateFunction } from 'ajv';
import { type Fault, type FileFault, firstFew } from './fault.ts';
import type { MergedOverlays } from './overlay.ts';
import type { TextDocument } from './reading.ts';

/**
 * Maps files of the bundle to JSON Schemas in the bundle. A key is a pattern of files, a value the
 * path of a schema.
 */
export type Schemas = Readonly<Record<string, string>>;

/**
 * Reports files that do not match their schema, and mistakes in `schemas`, which cannot be allowed.
 * `documents` returns a file's documents, or undefined if there is no such file of JSON or YAML.
 * A file with overlays is compared as each of them makes it.
 */
export async function schemaFaults(
  schemas: Schemas,
  paths: readonly string[],
  documents: (path: string) => readonly TextDocument[] | undefined,
  overlays: MergedOverlays,
): Promise<readonly FileFault[]> {
  const faults: FileFault[] = [];
  for (const [target, schema] of Object.entries(schemas)) {
    const named = paths.filter(readPattern(target));
    // A file that is neither JSON nor YAML, such as a README next to the environments, has no
    // schema.
    const covered = named.filter((path) => path !== schema && documents(path) !== undefined);
    const path = target.replace(/^\//, '');
    if (named.length === 0) faults.push({ path, what: NO_FILE });
    else if (covered.length === 0) faults.push({ path, what: NOTHING_TO_CHECK });
    const compiled = await compile(documents(schema)?.[0]);
    if ('what' in compiled) faults.push({ path: schema, ...compiled });
    else
      for (const { path, read } of covered.flatMap((file) => readings(file, documents, overlays)))
        for (const fault of misfits(compiled.validate, read))
          faults.push({ path, ...fault, mayBeAllowed: true });
  }
  return faults;
}

/** What programs read of a file: itself, or what overlays make of it. */
function readings(
  file: string,
  documents: (path: string) => readonly TextDocument[] | undefined,
  { bases, merged }: MergedOverlays,
): readonly { readonly path: string; readonly read: readonly TextDocument[] | undefined }[] {
  if (!bases.has(file)) return [{ path: file, read: documents(file) }];
  return merged
    .filter(({ base }) => base === file)
    .map(({ document, overlay }) => ({ path: overlay, read: [document] }));
}

const UNREADABLE = 'is named in the option schemas, but is not a readable JSON or YAML file';
const NO_FILE = 'is a pattern of the option schemas, but names no file';
const NOTHING_TO_CHECK = 'is a pattern of the option schemas, but names no JSON or YAML to check';

// By the specification's default, `format` does not validate. Ajv's advice on style is not printed.
const OPTIONS: Options = { allErrors: true, validateFormats: false, logger: false };

async function compile(
  document: TextDocument | undefined,
): Promise<{ readonly validate: ValidateFunction } | Fault> {
  if (document === undefined) return { what: UNREADABLE };
  const { value: schema } = document;
  if (typeof schema !== 'object' || schema === null) return { what: 'is no JSON Schema' };
  // Loaded only if there is a schema, because most bundles have none.
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

/** Returns nothing for a file that already has faults. */
function misfits(
  validate: ValidateFunction,
  documents: readonly TextDocument[] = [],
): readonly Fault[] {
  return documents.flatMap(({ value, positionOf }) =>
    validate(value)
      ? []
      : firstFew(validate.errors ?? [], (error) => ({
          ...positionOf(keysOf(error.instancePath)),
          what: reason(error),
        })),
  );
}

/** The keys of a JSON Pointer (RFC 6901). */
function keysOf(pointer: string): readonly string[] {
  const [, ...keys] = pointer.split('/');
  return keys.map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function reason({ instancePath, message = 'does not fit', params }: ErrorObject): string {
  const { additionalProperty } = params as { readonly additionalProperty?: unknown };
  const extra = additionalProperty === undefined ? '' : ` ${printable(additionalProperty)}`;
  // Keys and patterns may contain anything.
  return `does not fit its schema: ${cleanText(`${instancePath === '' ? 'it' : instancePath} ${message}`)}${extra}`;
}
