import type { Figure } from './figure.ts';
import { images } from './images.ts';
import { npmPackages } from './packages.ts';

/** Every figure, in the order of the page. */
export const FIGURES: readonly Figure[] = [npmPackages, images];
