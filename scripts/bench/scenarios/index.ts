import type { Scenario } from '../scenario.ts';
import { npmScenarios } from './npm.ts';
import { startUp } from './start-up.ts';

/** Every scenario, in the order of the page. */
export const SCENARIOS: readonly Scenario[] = [...startUp, ...npmScenarios];
