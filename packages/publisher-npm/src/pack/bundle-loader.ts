import type { BundleFile } from '@ameide/versioning-core';
import { schemaType } from './schema-type.ts';

/** What a bundle's package is imported by. Bundles seldom have files of these names. */
export const LOADER = '_load.js';
export const LOADER_TYPES = '_load.d.ts';

type File = Pick<BundleFile, 'path' | 'content'>;

/**
 * Returns the module that loads a bundle's documents, and its types. It contains what it loads, so
 * it needs neither a file system nor a reader of YAML.
 */
export function bundleLoader(files: readonly BundleFile[]): readonly File[] {
  const encoder = new TextEncoder();
  return [
    { path: LOADER, content: encoder.encode(code(files)) },
    { path: LOADER_TYPES, content: encoder.encode(types(files)) },
  ];
}

/** A list in JavaScript or TypeScript, one item to a line. */
function lines(items: readonly string[]): string {
  return items.map((item) => `  ${item},\n`).join('');
}

/** A string literal of JavaScript: JSON but for two line ends, which older parsers refuse. */
function literal(text: string): string {
  return JSON.stringify(text).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
}

function pairs(texts: Readonly<Record<string, string>>): string {
  const items = Object.entries(texts).map((pair) => `[${pair.map(literal).join(', ')}]`);
  return `[${items.join(', ')}]`;
}

function code(files: readonly BundleFile[]): string {
  const documents = files.flatMap(({ documents: texts, path }) =>
    texts === undefined ? [] : `[${literal(path)}, [${texts.map(literal).join(', ')}]]`,
  );
  const overlays = files.flatMap(({ overlays: texts, path }) =>
    texts === undefined ? [] : `[${literal(path)}, new Map(${pairs(texts)})]`,
  );
  const index = indexOf(files);
  return `export const files = Object.freeze([
${lines(files.map(({ path }) => literal(path)))}]);

${index === undefined ? '' : `export const index = JSON.parse(${literal(index)});\n`}
// What each file contains, as JSON.
const documents = new Map([
${lines(documents)}]);

export function loadAll(path) {
  const texts = documents.get(path);
  if (texts === undefined) throw new RangeError(\`\${path} is no file of JSON or YAML that JSON can hold\`);
  return texts.map((text) => JSON.parse(text));
}

// What a file is with another one merged over it, as JSON.
const overlays = new Map([
${lines(overlays)}]);

function merged(path, overlay) {
  const text = overlays.get(path)?.get(overlay);
  if (text === undefined) throw new RangeError(\`\${overlay} is no overlay of \${path}\`);
  return JSON.parse(text);
}

export function load(path, overlay) {
  if (overlay !== undefined) return merged(path, overlay);
  const all = loadAll(path);
  if (all.length !== 1) throw new RangeError(\`\${path} has \${all.length} documents: use loadAll\`);
  return all[0];
}
`;
}

function types(files: readonly BundleFile[]): string {
  const documents = files.flatMap(({ documents: texts, overlays, path, schemas = [] }) => {
    // The schemas of a file with overlays say what those make of it.
    const type = overlays === undefined ? allOf(schemas) : 'unknown';
    return texts === undefined ? [] : `${literal(path)}: ${type}`;
  });
  const overlays = files.flatMap(({ overlays: texts, path, schemas = [] }) => {
    if (texts === undefined) return [];
    const fields = Object.keys(texts).map(
      (overlay) => `readonly ${literal(overlay)}: ${allOf(schemas)}`,
    );
    return `${literal(path)}: { ${fields.join('; ')} }`;
  });
  const index = indexOf(files) === undefined ? '' : INDEX_TYPE;
  return `/** The path of a file. */
export type File =
${files.map(({ path }) => `  | ${literal(path)}\n`).join('') || '  never\n'};

/** The files that can be loaded, and what their schemas say of them. */
export interface Documents {
${documents.map((line) => `  readonly ${line};\n`).join('')}}

/** The files that others are merged over, and what their schemas say of the result. */
export interface Overlays {
${overlays.map((line) => `  readonly ${line};\n`).join('')}}

/** The paths of all files. */
export declare const files: readonly File[];
${index}
/** Returns what a JSON or YAML file of one document contains, a new object each time. */
export declare function load<Path extends keyof Documents>(path: Path): Documents[Path];
/** Returns what a file is with one of its overlays merged over it, a new object each time. */
export declare function load<
  Path extends keyof Overlays,
  Overlay extends keyof Overlays[Path],
>(path: Path, overlay: Overlay): Overlays[Path][Overlay];

/** Returns each document of a JSON or YAML file. */
export declare function loadAll<Path extends keyof Documents>(path: Path): Documents[Path][];
`;
}

function allOf(schemas: readonly string[]): string {
  return schemas.map(schemaType).join(' & ') || 'unknown';
}

const INDEX_TYPE = `
/** What index.json contains: the version, the commit and each file's digest. */
export declare const index: {
  readonly schema: string;
  readonly name: string;
  readonly version: string;
  readonly sha: string;
  readonly files: readonly { readonly path: string; readonly sha256: string; readonly size: number }[];
};
`;

function indexOf(files: readonly BundleFile[]): string | undefined {
  const index = files.find(({ path }) => path === 'index.json');
  return index === undefined ? undefined : new TextDecoder().decode(index.content).trim();
}
