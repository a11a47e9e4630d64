import { holdAnswers } from '@ameide/local-registries';
import { needs } from '@ameide/local-registries/components';
import { withinRoundTrips } from '@ameide/local-registries/round-trips';
import { expect, test } from 'vitest';
import { createLab, outcomeOf } from './lab.ts';

// Upper bounds of what a release with two assets asks GitHub. README.md says what each request is for.

const MOST = { publish: [26, 21], again: [15, 10], plan: [7, 2], trace: [2, 1] } as const;

needs('git')('a release asks GitHub no more than it has to', () => {
  test('to publish, again, to plan and to trace', async () => {
    await using lab = await createLab(holdAnswers(100));
    const { proxy } = lab.world;
    const count = async <T>(command: keyof typeof MOST, work: () => Promise<T>): Promise<T> =>
      withinRoundTrips(command, proxy, MOST[command], work);
    const sha = lab.commit();
    const publish = () => lab.run(sha, '1.0.0');
    expect(outcomeOf(await count('publish', publish))).toEqual(['published', 'latest moved']);
    expect(outcomeOf(await count('again', publish))).toEqual(['already-there', 'latest already']);
    const { plan, publisher, step } = await lab.open(sha, '1.0.0');
    await count('plan', async () =>
      Promise.all([
        publisher.check?.(plan, step),
        publisher.inspect({ plan }, step),
        publisher.pointers?.(plan, step),
      ]),
    );
    const [coordinate] = plan.coordinates;
    if (coordinate === undefined) throw new Error('a plan has one coordinate');
    await count('trace', async () => publisher.inspect({ coordinate }, step));
  });
});
