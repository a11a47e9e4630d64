import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { component } from '@ameide/local-registries';
import { run } from './program.ts';
import type { Files } from './shape.ts';

interface Entry {
  readonly path: string;
  readonly kind?: 'link' | 'hard link' | 'special';
  readonly target?: string;
  readonly executable?: boolean;
  /** base64. */
  readonly content?: string;
}

/**
 * The files of an archive, or of an image's layers from the lowest to the highest. Python's own zip
 * and tar readers list them, so that our archives are not judged by our reader.
 */
export async function listArchive(...paths: readonly string[]): Promise<Files> {
  const python = component('python').path ?? 'python3';
  const script = join(import.meta.dirname, 'list_archive.py');
  const entries = JSON.parse(
    await run([python, script, ...paths], dirname(script), { PYTHONUTF8: '1' }),
  ) as readonly Entry[];
  return Object.fromEntries(entries.map((entry) => [entry.path, show(entry)]));
}

function show({ kind, target, executable, content }: Entry): string {
  if (kind !== undefined) return `${kind === 'link' ? '' : `${kind} `}-> ${target}`;
  const bytes = Buffer.from(content ?? '', 'base64');
  const text = bytes.toString();
  const isText = !text.includes('\0') && Buffer.from(text).equals(bytes);
  const shown = isText ? text : `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  return executable === true ? `(executable) ${shown}` : shown;
}

/** The same files, each path changed; one that becomes undefined is left out. */
export function mapPaths(files: Files, change: (path: string) => string | undefined): Files {
  return Object.fromEntries(
    Object.entries(files).flatMap(([path, content]) => {
      const changed = change(path);
      return changed === undefined ? [] : [[changed, content]];
    }),
  );
}
