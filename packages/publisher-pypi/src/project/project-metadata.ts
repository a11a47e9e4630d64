import { normalisePep440, parsePypiName } from '@ameide/versioning-core';
import type { Requirement } from './requirements.ts';
import { invalidPyproject, isTable } from './toml.ts';
import type { VersionSource } from './version-source.ts';

/** The content of a `[project]` table, or of what replaces it: `[tool.poetry]`, setup.cfg. */
export interface ProjectMetadata {
  /** As its author wrote it. */
  readonly name: string;
  readonly versionSource: VersionSource;
  /** The table of pyproject.toml with the project's URLs; absent if setup.cfg has them. */
  readonly urlTable?: readonly string[];
  /** True if it has a `Private :: …` classifier, which PyPI refuses. */
  readonly isPrivate: boolean;
  /** The requirements that are written there. */
  readonly requirements: readonly Requirement[];
}

/**
 * Returns the name as its author wrote it. Throws `InvalidInputError` if it is not a valid name
 * (PEP 508).
 */
export function requireName(name: unknown, field: string, file: string): string {
  parsePypiName(name, `${file}: ${field}`);
  return name as string;
}

export function requireVersion(version: unknown, field: string, file: string): void {
  if (typeof version === 'string' && normalisePep440(version) !== undefined) return;
  throw invalidPyproject(
    file,
    `${field} to be a PEP 440 version`,
    'Write version = "0.0.0": every release stamps its own.',
    version,
  );
}

export function requireUrls(urls: unknown, field: string, file: string): void {
  const isPlain = (url: unknown): boolean => typeof url === 'string';
  if (urls === undefined || (isTable(urls) && Object.values(urls).every(isPlain))) return;
  throw invalidPyproject(
    file,
    `${field} to be a table of label = "https://…"`,
    `Write [${field}] with one string for each label.`,
  );
}

export function isPrivate(classifiers: unknown): boolean {
  const texts: readonly unknown[] = Array.isArray(classifiers) ? classifiers : [];
  return texts.some((text) => typeof text === 'string' && /^private\s*::/i.test(text));
}
