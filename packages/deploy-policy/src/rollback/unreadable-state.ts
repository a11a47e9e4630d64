import { type Problem, problem } from '@ameide/versioning-core';
import type { FoundImage } from '../check/run.ts';
import type { ManifestFile } from '../manifest/document.ts';
import { withoutIndexes } from './image-places.ts';

/**
 * Returns what tells problems of an earlier state that may hide an image at a place of today: those of a field
 * that has one, and of a document of a file that has one. A file that is the same today hides nothing else.
 */
export function createMayHide(
  images: readonly FoundImage[],
  {
    current,
    files,
  }: { readonly current: readonly ManifestFile[]; readonly files: readonly ManifestFile[] },
): (problem: Problem) => boolean {
  const texts = new Map(current.map(({ path, text }) => [path, text]));
  const changed = new Set(
    files.filter(({ path, text }) => texts.get(path) !== text).map(({ path }) => path),
  );
  const places = new Set(images.flatMap(({ field, path }) => [path, fieldKey(path, field)]));
  return ({ field, path = '' }) =>
    changed.has(path) && places.has(field === undefined ? path : fieldKey(path, field));
}

function fieldKey(path: string, field: string): string {
  return JSON.stringify([path, withoutIndexes(field)]);
}

/** Says which commit of the manifests stands in the way. */
export function unreadable({ line, message, path = '' }: Problem, commit: string): Problem {
  const at = line === undefined ? '' : ` (line ${line})`;
  return problem({
    code: 'deploy-rollback-unreadable',
    kind: 'policy',
    message: `Commit ${commit} may have had another image in ${path}, but it cannot be read there: ${message}${at}`,
    hint: `Look at it with git show ${commit}. Then choose what to run: ameide-release deploy pin --sha or --version.`,
    path,
  });
}
