import { applyEdits, type Edit } from '@ameide/source-files/text';
import { pathIn } from '@ameide/versioning-core';
import type { GoModulePath } from '@ameide/versioning-core/go';
import type { FileReader } from '../file-reader.ts';
import type { FileFix } from '../finding.ts';
import { goImports } from './go-imports.ts';
import { goFilesOf, importEdits, isIn } from './go-source.ts';

/** A module whose path changes. */
export interface PathChange {
  readonly directory: string;
  /** Its go.mod. */
  readonly file: string;
  readonly module: GoModulePath;
  readonly right: string;
  readonly moduleLine: Edit;
}

export interface PathFix {
  /** Absent if something else names the path, or a person has to say what is meant. */
  readonly fix?: readonly FileFix[];
  /** Where else the path is: `build.sh:3`. */
  readonly alsoNamed?: string;
}

/**
 * Changes the module line, and the imports in the Go files of the module that go builds. Nothing at all if
 * any other text of the repository has the path, for we cannot know who reads it: a linker flag in a script,
 * a go.mod beside it, an option of a .proto file, a file in `testdata` or `_examples` that go does not build.
 * Prose builds nothing: there it is only reported.
 */
export async function fixOfPath(reader: FileReader, change: PathChange): Promise<PathFix> {
  const { directory, file, module, moduleLine, right } = change;
  if (module.path.startsWith('gopkg.in/')) return {};
  const sources = goFilesOf(directory, reader);
  const changed: FileFix[] = [{ path: file, edits: [moduleLine] }];
  for (const path of sources) {
    const edits = editsOf((await reader.text(path)) ?? '', change, sources);
    if (edits === undefined) return {};
    if (edits.length > 0) changed.push({ path, edits });
  }
  const places = await placesOfName(reader, module.path, right, changed);
  const hindering = places.find(({ path }) => !PROSE.test(path));
  const first = hindering ?? places[0];
  return {
    ...(hindering === undefined ? { fix: changed } : {}),
    ...(first === undefined ? {} : { alsoNamed: `${first.path}:${first.line}` }),
  };
}

const PROSE = /\.(?:md|mdx|markdown|rst|adoc)$/i;

/** Undefined if a person has to say what an import means. */
function editsOf(
  text: string,
  { directory, module, right }: PathChange,
  sources: readonly string[],
): readonly Edit[] | undefined {
  const imports = goImports(text).map(({ path }) => path);
  // An escaped letter may spell the path: "example.com/acme\x2fsdk".
  if (imports.some((path) => path.includes('\\'))) return undefined;
  const edits = importEdits(text, module.path, right);
  const isRight = right.startsWith(`${module.path}/`) && imports.some((path) => isIn(path, right));
  if (!isRight) return edits;
  // It imports what the module will be called, or a folder of that name.
  const folder = pathIn(directory, `${right.slice(module.path.length + 1)}/`);
  if (sources.some((path) => path.startsWith(folder))) return undefined;
  const old = edits.filter(({ end, start }) => !isIn(text.slice(start, end), right));
  const changed = old.map(({ text: path }) => path);
  // Imported twice, its name may be declared twice, which go refuses.
  return changed.some((path) => imports.includes(path)) ? undefined : old;
}

/** Where the old path is still written after the changes; addresses (https://…) do not count. */
async function placesOfName(
  { all, files }: FileReader,
  old: string,
  right: string,
  changed: readonly FileFix[],
): Promise<readonly { readonly path: string; readonly line: number }[]> {
  const places: { readonly path: string; readonly line: number }[] = [];
  for (const path of all) {
    const bytes = await files.readBytes(path);
    const names = bytes !== undefined && Buffer.from(bytes).includes(old);
    const edits = changed.find((one) => one.path === path)?.edits ?? [];
    const text = names ? applyEdits(textOf(bytes), edits) : '';
    // A folder may have the name: `testdata/src/example.com/acme/sdk`.
    const line = lineWith(path, old, right) ?? lineWith(text, old, right);
    if (line !== undefined) places.push({ path, line });
  }
  return places;
}

/** Without a BOM, as edits are counted. */
function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

function lineWith(text: string, old: string, right: string): number | undefined {
  for (let at = text.indexOf(old); at !== -1; at = text.indexOf(old, at + 1)) {
    const isRight = text.startsWith(right, at) && isEnd(text, at + right.length);
    const isOld = isEnd(text, at + old.length) && !(right.length > old.length && isRight);
    const before = text.slice(Math.max(0, at - LONGEST_ADDRESS), at);
    if (isOld && !/[\w.-]$/.test(before) && !/:\/\/[^\s"'`<>()]*$/.test(before))
      return text.slice(0, at).split('\n').length;
  }
  return undefined;
}

const LONGEST_ADDRESS = 100;

function isEnd(text: string, at: number): boolean {
  return !/[\w-]/.test(text.charAt(at));
}
