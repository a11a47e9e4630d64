import { onceForEach } from '@ameide/publisher-kit';
import { isObject, type JsonObject } from '@ameide/source-files/json';
import { isAside } from '@ameide/source-files/packages';
import { folderOf, InvalidInputError, type SourceFiles } from '@ameide/versioning-core';
import { parse as parseTomlText, TomlError } from 'smol-toml';
import { reasonOf } from '../run/faults.ts';

/** Reads and parses files, each once. What cannot be read is noted, and reads as if it were absent. */
export interface FileReader {
  /** Every regular file but those of tests, examples and other people's code, sorted; relative to the repository's root. */
  readonly paths: readonly string[];
  /** Every regular file. */
  readonly all: readonly string[];
  readonly has: (path: string) => boolean;
  /** Without a BOM. */
  readonly text: (path: string) => Promise<string | undefined>;
  readonly json: (path: string) => Promise<JsonObject | undefined>;
  readonly toml: (path: string) => Promise<TomlTable | undefined>;
  /** The same files, for others to read. */
  readonly files: SourceFiles;
  /** Why files could not be read, by their paths. */
  readonly unreadable: ReadonlyMap<string, string>;
  /** Notes that a file could not be read. */
  readonly refuse: (path: string, reason: string) => void;
}

export type TomlTable = Readonly<Record<string, unknown>>;

export async function createFileReader(files: SourceFiles): Promise<FileReader> {
  const listed = await files.list('');
  const all = listed
    .filter(({ mode }) => mode === 'file' || mode === 'executable')
    .map(({ path }) => path);
  const known = new Set(all);
  const unreadable = new Map<string, string>();
  // The first reason counts: what reads the file as if it were absent finds others.
  const refuse = (path: string, reason: string): void =>
    void unreadable.set(path, unreadable.get(path) ?? reason);
  const text = onceForEach(async (path: string) => readText(files, path, refuse));
  const bytes = onceForEach(async (path: string) => files.readBytes(path));
  const parsedBy = <T>(parse: (text: string) => T): ((path: string) => Promise<T | undefined>) =>
    onceForEach(async (path: string) => {
      const source = await text(path);
      return source === undefined ? undefined : parsed(source, parse, path, refuse);
    });
  return {
    paths: all.filter((path) => !isAside(folderOf(path))),
    all,
    has: (path) => known.has(path),
    text,
    json: parsedBy(parseObject),
    toml: parsedBy(parseTomlText),
    files: { list: async (directory) => files.list(directory), readText: text, readBytes: bytes },
    unreadable,
    refuse,
  };
}

function parsed<T>(
  source: string,
  parse: (text: string) => T,
  path: string,
  refuse: FileReader['refuse'],
): T | undefined {
  try {
    return parse(source);
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof TomlError)) throw error;
    refuse(path, error instanceof TomlError ? 'it is not TOML' : 'it is not JSON');
    return undefined;
  }
}

async function readText(
  files: SourceFiles,
  path: string,
  refuse: FileReader['refuse'],
): Promise<string | undefined> {
  try {
    return await files.readText(path);
  } catch (error) {
    refuse(path, whyNotText(error));
    return undefined;
  }
}

function whyNotText(error: unknown): string {
  if (!(error instanceof InvalidInputError)) return reasonOf(error);
  return error.code === 'not-utf8' ? 'it is not text in UTF-8' : `expected ${error.expected}`;
}

function parseObject(text: string): JsonObject {
  const value: unknown = JSON.parse(text);
  if (!isObject(value)) throw new SyntaxError('no object');
  return value;
}
