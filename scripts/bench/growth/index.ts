import { devBuilds } from './dev-builds.ts';
import type { Figure } from './figure.ts';
import { history } from './history.ts';
import { images } from './images.ts';
import { npmPackages } from './packages.ts';
import { npmVersions } from './versions.ts';

/** Every figure, in the order of the page. */
export const FIGURES: readonly Figure[] = [npmPackages, images, npmVersions, history, devBuilds];
