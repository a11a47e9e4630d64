import { sha256Hex } from '@ameide/publisher-kit';

/**
 * What one `build` put into a folder: `index-<id>.json`, described by `schemas/built-1.schema.json`. It
 * is written last. A folder that several jobs filled has one for each.
 */
export interface BuildIndex extends BuildFacts {
  readonly schema: 'ameide-release/built/1';
  readonly parts: readonly BuiltPart[];
}

/** What every part of one build has in common. */
export interface BuildFacts {
  /** The full source SHA. */
  readonly sha: string;
  readonly channel: string;
  /** From `definitionDigest`. */
  readonly definition: string;
}

/** What one publisher built. */
export interface BuiltPart {
  /** The run's id. */
  readonly publisher: string;
  readonly registry: string;
  /** The name of its folder beside the index. An archive may leave it out if it is empty. */
  readonly folder: string;
  /** `sha256:<hex>` of the publisher's plan. */
  readonly plan: string;
  readonly artifacts: readonly BuiltArtifact[];
  readonly pointers: readonly BuiltPointer[];
  /** Every file of the folder, ordered by path. */
  readonly files: readonly BuiltFile[];
}

export interface BuiltArtifact {
  readonly coordinate: string;
  readonly name: string;
  readonly digest: string;
  /** Bytes; 0 for a commit. */
  readonly size: number;
}

/** A pointer that the release moves. */
interface BuiltPointer {
  /** `npm:@scope/name`. */
  readonly name: string;
  readonly pointer: string;
  readonly version: string;
}

export interface BuiltFile {
  /** Relative to the part's folder, with `/`. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Hex. */
  readonly sha256: string;
}

/** The end of the name of everything that a build has not finished writing. */
export const PARTIAL = '.partial';

const INDEX = /^index-[0-9a-f]{16}\.json$/;

export function isIndexName(name: string): boolean {
  return INDEX.test(name);
}

/** Returns the name of an index's file. It has a digest of the text, so a changed text does not fit it. */
export function indexName(text: string): string {
  return `index-${sha256Hex(text).slice(0, 16)}.json`;
}

export function indexText(index: BuildIndex): string {
  return `${JSON.stringify(index, undefined, 2)}\n`;
}

/** Returns the index; undefined if the text is not one. */
export function parseIndex(text: string): BuildIndex | undefined {
  try {
    const value = JSON.parse(text) as Partial<BuildIndex> | null;
    const isIndex =
      value?.schema === 'ameide-release/built/1' &&
      areTexts(value.sha, value.channel, value.definition) &&
      Array.isArray(value.parts) &&
      value.parts.every(isPart);
    return isIndex ? (value as BuildIndex) : undefined;
  } catch {
    return undefined;
  }
}

function isPart(value: Partial<BuiltPart> | null): boolean {
  return (
    areTexts(value?.publisher, value?.folder, value?.plan) &&
    Array.isArray(value?.artifacts) &&
    Array.isArray(value?.files) &&
    value.files.every((file: Partial<BuiltFile> | null) => areTexts(file?.path, file?.sha256))
  );
}

function areTexts(...values: readonly unknown[]): boolean {
  return values.every((value) => typeof value === 'string');
}
