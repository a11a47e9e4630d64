import { afterAll, beforeAll, describe, it } from 'vitest';
import { type ContractCase, FIRST_CASES } from './cases.ts';
import { FAULT_CASES } from './fault-cases.ts';
import { LAST_CASES, LATER_CASES } from './later-cases.ts';
import { REMOVAL_CASES } from './removal-cases.ts';
import { type Session, startSession } from './session.ts';
import type { ContractOptions, ContractWorld } from './world.ts';

export type { ContractRepository, ContractRepositoryOptions } from './contract-repository.ts';
export { contractRepository } from './contract-repository.ts';
export type {
  ContractCaseName,
  ContractOptions,
  ContractWorld,
  Interception,
  Obstacle,
} from './world.ts';

const contractCases: readonly ContractCase[] = [
  ...FIRST_CASES,
  ...LATER_CASES,
  ...REMOVAL_CASES,
  ...FAULT_CASES,
  ...LAST_CASES,
];

/**
 * Registers the suite that every publisher must pass, as `<name> keeps the publisher contract`.
 * `setup` makes one world with an empty registry. The cases run in it in order, because later ones
 * look at what earlier ones published.
 */
export function publisherContract(
  name: string,
  setup: () => Promise<ContractWorld>,
  options: ContractOptions = {},
): void {
  const { except = {} } = options;
  // Do not register a case that a registry cannot have: a skipped test would look like one that
  // should pass later.
  const without = Object.entries(except).map(
    ([caseName, reason]) => `without ${caseName}: ${reason}`,
  );
  const reasons = without.length === 0 ? '' : ` (${without.join('; ')})`;
  describe(`${name} keeps the publisher contract${reasons}`, {
    concurrent: false,
    shuffle: false,
  }, () => {
    let world: ContractWorld | undefined;
    let session: Session | undefined;
    beforeAll(async () => {
      world = await setup();
      session = await startSession(world);
    });
    afterAll(async () => {
      await session?.[Symbol.asyncDispose]();
      await world?.close();
    });
    const run = async (one: ContractCase): Promise<void> => {
      if (session === undefined) throw new Error('the world could not be set up');
      await one.run(session);
    };
    for (const one of contractCases.filter((each) => except[each.name] === undefined)) {
      const settings = options.timeoutMs === undefined ? {} : { timeout: options.timeoutMs };
      // oxlint-disable-next-line vitest/expect-expect, vitest/valid-title -- the expectations are in the cases, and so are their titles
      it(one.title, settings, () => run(one));
    }
  });
}
