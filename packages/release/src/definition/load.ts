import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { InvalidInputError } from '@ameide/versioning-core';
import type { ReleaseDefinition } from './definition.ts';
import { defineRelease } from './definition.ts';

/** The names looked for at the repository's root, in this order. */
const CONFIG_NAMES = ['release.config.ts', 'release.config.mts', 'release.config.js', 'release.config.mjs'] as const;

/**
 * Imports the release definition: `file` (relative to the working directory), or the first of `CONFIG_NAMES` at `root`.
 * Node itself runs TypeScript (22.18 and newer), so the file is imported as it is.
 */
export async function loadDefinition(root: string, file?: string): Promise<ReleaseDefinition> {
  const path = file === undefined ? CONFIG_NAMES.map((name) => resolve(root, name)).find((name) => existsSync(name)) : resolve(file);
  if (path === undefined || !existsSync(path)) {
    throw new InvalidInputError(
      {
        field: 'config',
        expected: file === undefined ? `a ${CONFIG_NAMES[0]} at the root of the repository` : `an existing file, got ${file}`,
        hint: 'Write one with defineRelease from @ameide/release, or name it with --config FILE.',
      },
      'no-config',
    );
  }
  const loaded: unknown = await import(pathToFileURL(path).href).catch((cause: unknown) => {
    if (cause instanceof InvalidInputError) throw cause;
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new InvalidInputError({ field: 'config', expected: `a module that loads; ${path} failed with: ${message}` }, 'config-failed');
  });
  const definition = (loaded as { default?: unknown }).default;
  if (definition === undefined) {
    throw new InvalidInputError(
      { field: 'config', expected: `a default export in ${path}: export default defineRelease({ … })` },
      'config-failed',
    );
  }
  return defineRelease(definition as ReleaseDefinition);
}
