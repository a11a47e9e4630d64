import { type BundleFile, pathIn } from '@ameide/versioning-core';
import { readPattern } from '@ameide/versioning-core/options';
import { jsonText } from './check/json-text.ts';
import type { Merged } from './check/overlay.ts';
import type { Reading, TextDocument } from './check/reading.ts';
import type { ConfigurationOptions } from './options.ts';

type Readings = ReadonlyMap<string, Reading>;

/** Tells carriers what a file contains, where JSON can say it exactly. */
export function withContents(
  file: BundleFile,
  readings: Readings,
  merged: readonly Merged[],
  options: ConfigurationOptions,
): BundleFile {
  const documents = readings.get(file.path)?.documents.map(exactText) ?? [];
  const exact = documents.filter((text) => text !== undefined);
  const own = merged.filter(({ base }) => base === file.path);
  const overlays = own.flatMap(({ document, overlay }) => {
    const text = exactText(document);
    return text === undefined ? [] : [[overlay, text] as const];
  });
  const schemas = schemasOf(
    file.path,
    own.map(({ overlay }) => overlay),
    readings,
    options,
  );
  return {
    ...file,
    ...(exact.length === 0 || exact.length < documents.length ? {} : { documents: exact }),
    ...(overlays.length === 0 ? {} : { overlays: Object.fromEntries(overlays) }),
    ...(schemas.length === 0 ? {} : { schemas }),
  };
}

function exactText({ hasOwnTags, value }: TextDocument): string | undefined {
  return hasOwnTags === true ? undefined : jsonText(value);
}

/** The schemas of a file, unless it, or one of its overlays, is allowed not to fit them. */
function schemasOf(
  path: string,
  overlays: readonly string[],
  readings: Readings,
  { allow = [], directory, schemas = {} }: ConfigurationOptions,
): readonly string[] {
  if ([path, ...overlays].some((one) => allow.includes(pathIn(directory, one)))) return [];
  return Object.entries(schemas)
    .filter(([target, schema]) => path !== schema && readPattern(target)(path))
    .flatMap(([, schema]) => jsonText(readings.get(schema)?.documents[0]?.value) ?? []);
}
