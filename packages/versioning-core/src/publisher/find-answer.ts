import type { Coordinate } from './coordinate.ts';
import { formatCoordinate } from './coordinate-text.ts';

/** Finds the answer about a coordinate; the two may spell it differently. */
export function findAnswer<T extends { readonly coordinate: Coordinate }>(
  coordinate: Coordinate,
  answers: readonly T[],
): T | undefined {
  const name = formatCoordinate(coordinate);
  return answers.find((answer) => formatCoordinate(answer.coordinate) === name);
}
