import { needs } from '@ameide/local-registries/components';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FIRST_CASES } from '../src/contract/cases.ts';
import { FAULT_CASES } from '../src/contract/fault-cases.ts';
import {
  type ContractRepository,
  type ContractWorld,
  contractRepository,
  publisherContract,
} from '../src/contract/index.ts';
import { LAST_CASES, LATER_CASES } from '../src/contract/later-cases.ts';
import { REMOVAL_CASES } from '../src/contract/removal-cases.ts';
import { startSession } from '../src/contract/session.ts';
import { broken, buildsInCheckout, TOKEN } from './contract/broken-publishers.ts';
import { type Breakage, fakePublisher, fakeRegistry } from './contract/fake-publisher.ts';

const FILES = { 'package.json': '{"name":"@example/fake","version":"0.1.0"}\n' };

function world(repository: ContractRepository, breakage?: Breakage): ContractWorld {
  const registry = fakeRegistry(TOKEN);
  return {
    ...repository,
    secrets: [TOKEN, 'wrong-9d20c4'],
    definition: (token) =>
      fakePublisher(registry, token === 'right' ? TOKEN : 'wrong-9d20c4', breakage),
    intercept: (hook) => void (registry.hook = hook),
    mutations: () => registry.mutations,
    snapshot: () =>
      Promise.resolve({ versions: [...registry.versions], pointers: [...registry.pointers] }),
    close: () => Promise.resolve(),
  };
}

const suite = needs('git');

suite('the contract', () => {
  publisherContract('A fake publisher', async () => {
    const repository = await contractRepository(FILES);
    return { ...world(repository), close: () => repository[Symbol.asyncDispose]() };
  });
  publisherContract('A fake publisher that builds in its source', async () => {
    const repository = await contractRepository(FILES);
    const saysSo: Breakage = (...parts) => ({
      ...buildsInCheckout(...parts),
      buildsFrom: 'own-checkout',
    });
    return { ...world(repository, saysSo), close: () => repository[Symbol.asyncDispose]() };
  });
});

suite('the contract fails a publisher that', () => {
  let repository: ContractRepository;
  beforeEach(async () => {
    repository = await contractRepository(FILES);
  });
  afterEach(() => repository[Symbol.asyncDispose]());

  it.for(Object.entries(broken))('%s', async ([, [caseName, breakage]]) => {
    await using session = await startSession(world(repository, breakage));
    const failed: string[] = [];
    for (const one of [
      ...FIRST_CASES,
      ...LATER_CASES,
      ...REMOVAL_CASES,
      ...FAULT_CASES,
      ...LAST_CASES,
    ]) {
      await one.run(session).catch(() => failed.push(one.name));
      // What follows a failed case rests on what it should have left.
      if (failed.length > 0) break;
    }
    expect(failed).toEqual([caseName]);
  });
});
