import { createHash } from 'node:crypto';
import type { Case, CaseResult } from './case.ts';
import { FAULTS } from './faults.ts';
import type { Scenario } from './prepare.ts';
import { SITUATIONS } from './situations.ts';
import { describeStep, type Step } from './steps.ts';

export interface Selection {
  /** Names of faults and situations. Default: all. */
  readonly only?: readonly string[];
  /** Numbers of steps; 0 for situations. Default: all. */
  readonly steps?: ReadonlySet<number>;
  /** True for one step of each shape: the same request to another image is left out. */
  readonly shapes?: boolean;
}

/** Every fault at every step, and every situation, in an order that the seed decides. */
export function casesOf(
  scenarios: readonly Scenario[],
  { only = [], shapes = false, steps }: Selection,
  seed: number,
): readonly Case[] {
  const isWanted = ({ fault, step }: Case): boolean =>
    (only.length === 0 || only.includes(fault)) && (steps === undefined || steps.has(step));
  const all = scenarios.flatMap((scenario) => [
    ...atSteps(scenario, shapes),
    ...SITUATIONS.filter(({ scenarios: names }) => names.includes(scenario.name)).flatMap(
      ({ name, variants }) =>
        variants.map((variant) => ({ scenario: scenario.name, fault: name, step: 0, variant })),
    ),
  ]);
  const order = (one: Case): string =>
    createHash('sha256')
      .update(`${seed} ${keyOf(one)}`)
      .digest('hex');
  const ordered = all.filter(isWanted).map((one) => [order(one), one] as const);
  return ordered.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
}

export function keyOf({ scenario, fault, step, variant = '' }: Case | CaseResult): string {
  return `${scenario} ${fault} ${step} ${variant}`;
}

function atSteps({ name, steps }: Scenario, shapes: boolean): readonly Case[] {
  const seen = new Set<string>();
  return steps.flatMap((step, index) => {
    const shape = shapeOf(step);
    if (shapes && seen.has(shape)) return [];
    seen.add(shape);
    return FAULTS.filter(({ applies }) => applies?.(step) !== false).map((fault) => ({
      scenario: name,
      fault: fault.name,
      step: index + 1,
    }));
  });
}

/** What a step has in common with the same step of another artifact. */
function shapeOf(step: Step): string {
  return describeStep(step)
    .replace(/ \(\d+\)$/, step.registry === 'oci' ? '' : '$&')
    .replace(/sha256:\S+/, 'sha256')
    .replace(/(@ameideio\/)?(?:ameide-sdk-\w+|configuration)/, 'name');
}
