import { holdAnswers } from '@ameide/local-registries';
import { needs } from '@ameide/local-registries/components';
import { expectRoundTrips, type MostRoundTrips } from '@ameide/local-registries/round-trips';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type AmeideRepository,
  createAmeideRepository,
  publishAmeide,
  type Registries,
  runAmeide,
  startRegistries,
} from './support/ameide-world.ts';

// How many requests the commands need for the example, and how many of them wait for one another. If a
// number grows, something is asked twice, or something is asked one by one that could be asked at once. The
// READMEs of the publishers say what each request is for. Each test continues where the one before ended.

const TIMEOUT = 240_000;

type Name = 'npm' | 'python' | 'git';

/**
 * The requests of git may all wait for one another, because on a busy machine its processes may start one after
 * the other.
 */
const MOST: Readonly<Record<string, Readonly<Record<Name, MostRoundTrips>>>> = {
  publish: { npm: [23, 9], python: [12, 8], git: [14, 14] },
  'publish again': { npm: [11, 3], python: [7, 3], git: [6, 6] },
  plan: { npm: [9, 2], python: [7, 3], git: [4, 4] },
  trace: { npm: [12, 2], python: [6, 3], git: [8, 8] },
};

let repository: AmeideRepository;
let registries: Registries;

function expectAtMost(command: string): void {
  const { npm, python, git } = registries.requests();
  const seen = { npm: [...npm], python: [...python], git: [...git] };
  registries.clear();
  for (const [name, most] of Object.entries(MOST[command] ?? {})) {
    expectRoundTrips(`${command}, ${name}`, seen[name as Name], most);
  }
}

needs(
  'git',
  'uv',
  'npm',
  'pnpm',
)('round trips of the example', () => {
  beforeAll(async () => {
    repository = await createAmeideRepository();
    registries = await startRegistries(repository, holdAnswers(100));
    await repository.commit('The first commit', '2025-11-13T14:00:00+00:00');
    await repository.tag('v0.1.0');
  }, TIMEOUT);
  afterAll(async () => {
    await registries.stop();
    await repository.remove();
  });

  test('the first release', { timeout: TIMEOUT }, async () => {
    const { code, stderr } = await publishAmeide(repository, registries);
    expect(code, stderr).toBe(0);
    expectAtMost('publish');
  });

  test('the same again, when everything is there', { timeout: TIMEOUT }, async () => {
    expect((await publishAmeide(repository, registries)).code).toBe(0);
    expectAtMost('publish again');
  });

  test.each(['plan', 'trace'])('%s', { timeout: TIMEOUT }, async (command) => {
    const subject = command === 'trace' ? ['v0.1.0'] : [];
    expect((await runAmeide([command, ...subject], repository, registries)).code).toBe(0);
    expectAtMost(command);
  });
});
