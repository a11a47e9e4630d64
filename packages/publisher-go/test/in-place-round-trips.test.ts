import { holdAnswers } from '@ameide/local-registries';
import { needs } from '@ameide/local-registries/components';
import { withinRoundTrips } from '@ameide/local-registries/round-trips';
import { expect, test } from 'vitest';
import { git, openLab, tagRef } from './lab.ts';

// Upper bounds of what a release in place asks the git host. README.md says what each request is for.

const MOST = { publish: [5, 5], again: [4, 4], plan: [2, 1], trace: [1, 1] } as const;

needs('git')('a release in place asks the host no more than it has to', () => {
  test('to publish, again, to plan and to trace', async () => {
    await using lab = await openLab({ proxy: holdAnswers(100) });
    const { proxy } = lab;
    const count = async <T>(command: keyof typeof MOST, work: () => Promise<T>): Promise<T> =>
      withinRoundTrips(command, proxy, MOST[command], work);
    const sha = lab.commit();
    git(lab.directory, ['push', '--quiet', lab.bare, 'main']);
    const options = { inPlace: true };
    const publish = () => lab.run(sha, tagRef('v0.1.0'), options);
    expect(await count('publish', publish)).toMatchObject({
      published: [{ outcome: 'published' }],
    });
    expect(await count('again', publish)).toMatchObject({
      published: [{ outcome: 'already-there' }],
    });
    const { plan, publisher, step } = await lab.open(sha, tagRef('v0.1.0'), options);
    await count('plan', async () =>
      Promise.all([publisher.check?.(plan, step), publisher.inspect({ plan }, step)]),
    );
    const [coordinate] = plan.coordinates;
    if (coordinate === undefined) throw new Error('a plan has one coordinate');
    await count('trace', async () => publisher.inspect({ coordinate }, step));
  });
});
