import { textOf } from '../manifest/node.ts';
import type { ImageGroup } from '../places/place.ts';
import { type GroupImage, podAnnotations, sharedAnnotation } from './annotation-keys.ts';
import { presentAnnotation, wishAnnotations } from './annotation-wishes.ts';
import { type DocumentPins, placeOf } from './document-pins.ts';
import { annotationProblem, sharedText } from './pin-problem.ts';

/** Wishes for the annotations of a group of images. */
export function pinAnnotations(group: ImageGroup, at: DocumentPins): void {
  const { annotations: spot, isPod, places } = group;
  const { document, run, wishes } = at;
  if (spot === undefined) return;
  const ours = places.flatMap((place) => {
    const image = at.images.get(place);
    return image === undefined ? [] : [{ ...image, container: place.container }];
  });
  if (ours.every(({ sha }) => sha === undefined)) return;
  const where = { document, spot };
  const present = (key: string): { readonly sha: string | undefined } | undefined => {
    const value = presentAnnotation(key, where);
    return value === undefined ? undefined : { sha: textOf(value.node) };
  };
  const isRequired = run.where.annotation === 'required';
  const images: readonly GroupImage[] = ours;
  const found = isPod
    ? podAnnotations(images, present)
    : sharedAnnotation(images, present, isRequired);
  const node = presentAnnotation('ameide.io/image-sha', where)?.written ?? spot.map;
  if ('why' in found) {
    run.problems.push(annotationProblem(found.why, placeOf(at, node, spot.path)));
    return;
  }
  // Nothing rolls because of an annotation alone, unless somebody asks for it.
  const mayAdd = isRequired || ours.some(({ isChanged }) => isChanged);
  const obstacle = wishAnnotations(found.keys, mayAdd, { ...where, wishes });
  if (obstacle === undefined) return;
  const place = placeOf(at, obstacle.node, spot.path);
  run.problems.push(
    obstacle.why === 'shared'
      ? sharedText(obstacle.node, place)
      : annotationProblem(`${spot.path} is not a map`, place),
  );
}
