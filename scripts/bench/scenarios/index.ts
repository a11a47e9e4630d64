import type { Scenario } from '../scenario.ts';
import { goScenarios } from './go.ts';
import { imageScenarios } from './image.ts';
import { layerScenarios } from './layer.ts';
import { manifestScenarios } from './manifests.ts';
import { npmScenarios } from './npm.ts';
import { pythonScenarios } from './python.ts';
import { readScenarios } from './reads.ts';
import { releaseScenarios } from './release.ts';
import { startUp } from './start-up.ts';

/** Every scenario, in the order of the page. */
export const SCENARIOS: readonly Scenario[] = [
  ...startUp,
  ...releaseScenarios,
  ...readScenarios,
  ...npmScenarios,
  ...pythonScenarios,
  ...imageScenarios,
  ...layerScenarios,
  ...goScenarios,
  ...manifestScenarios,
];
