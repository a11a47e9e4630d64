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
  has(path: string): boolean;
  /** Without a BOM. */
  text(path: string): Promise<string | undefined>;
  json(path: string): Promise<JsonObject | undefined>;
  toml(path: string): Promise<TomlTable | undefined>;
  /** Why files could not be read, by their paths. */
  readonly unreadable: ReadonlyMap<string, string>;
  /** Notes that a file could not be read. */
  refuse(path: string, reason: string): void;
}

export type TomlTable = Readonly<Record<string, unknown>>;

export async function createFileReader(files: SourceFiles): Promise<FileReader> {
  const listed = await files.list('');
  const all = listed
    .filter(({ mode }) => mode === 'file' || mode === 'executable')
    .map(({ path }) => path);
  const known = new Set(all);
  const unreadable = new Map<string, string>();
  const texts = new Map<string, Promise<string | undefined>>();
  const refuse = (path: string, reason: string): void => void unreadable.set(path, reason);
  const text = async (path: string): Promise<string | undefined> => {
    const found = texts.get(path) ?? readText(files, path, refuse);
    texts.set(path, found);
    return found;
  };
  const parsed = async <T>(path: string, parse: (text: string) => T): Promise<T | undefined> => {
    const source = await text(path);
    if (source === undefined) return undefined;
    try {
      return parse(source);
    } catch (error) {
      if (!(error instanceof SyntaxError || error instanceof TomlError)) throw error;
      refuse(path, error instanceof TomlError ? 'it is not TOML' : 'it is not JSON');
      return undefined;
    }
  };
  return {
    paths: all.filter((path) => !isAside(folderOf(path))),
    all,
    has: (path) => known.has(path),
    text,
    json: async (path) => parsed(path, parseObject),
    toml: async (path) => parsed(path, parseTomlText),
    unreadable,
    refuse,
  };
}

async function readText(
  files: SourceFiles,
  path: string,
  refuse: FileReader['refuse'],
): Promise<string | undefined> {
  try {
    return await files.readText(path);
  } catch (error) {
    refuse(path, error instanceof InvalidInputError ? 'it is not text in UTF-8' : reasonOf(error));
    return undefined;
  }
}

function parseObject(text: string): JsonObject {
  const value: unknown = JSON.parse(text);
  if (!isObject(value)) throw new SyntaxError('no object');
  return value;
}
