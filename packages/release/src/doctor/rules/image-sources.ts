import { pathIn } from '@ameide/versioning-core';
import { publishersOf, type ReleaseDefinition } from '../../definition/definition.ts';
import { tableAt } from '../facts.ts';

/** What an image of the definition is made from. */
export interface ImageSource {
  readonly image: string;
  /** Its Dockerfile, relative to the repository's root. */
  readonly dockerfile?: string;
  /** The folders whose files it packs, as far as the commit must have them. */
  readonly folders: readonly string[];
  /** The labels that the definition sets. */
  readonly labels: readonly string[];
}

/** The options of `ghcr`, as a definition keeps them in `settings`. */
export function imageSources(definition: ReleaseDefinition): readonly ImageSource[] {
  return publishersOf(definition).flatMap(({ image, settings }) => {
    if (image === undefined) return [];
    const { directory = '', file = 'Dockerfile' } = tableAt(settings, 'dockerfile');
    const isBuilt = Object.keys(tableAt(settings, 'dockerfile')).length > 0;
    const folder = directory === '.' ? '' : String(directory);
    return [
      {
        image,
        ...(isBuilt ? { dockerfile: pathIn(folder, String(file)) } : {}),
        folders: foldersOf(settings),
        labels: Object.keys(tableAt(settings, 'labels')),
      },
    ];
  });
}

function foldersOf(settings: unknown): readonly string[] {
  const { fromCheckout, files } = tableAt({ settings }, 'settings');
  if (fromCheckout === true) return [];
  const named = typeof files === 'string' ? [files] : Object.values(tableAt({ files }, 'files'));
  return named.filter((one) => typeof one === 'string').map((one) => (one === '.' ? '' : one));
}
