import { countByKind, holdAnswers, serialRoundTrips } from '@ameide/local-registries';
import { needs } from '@ameide/local-registries/components';
import { afterAll, beforeAll, test } from 'vitest';
import {
  type AmeideRepository,
  createAmeideRepository,
  publishAmeide,
  type Registries,
  runAmeide,
  startRegistries,
} from './support/ameide-world.ts';

const TIMEOUT = 240_000;
let repository: AmeideRepository;
let registries: Registries;

needs(
  'git',
  'uv',
  'npm',
  'pnpm',
  'go',
)('x', () => {
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
  const show = (title: string): void => {
    const all = registries.requests();
    const rows = Object.entries(all).map(
      ([name, records]) =>
        `${name}: ${records.length} requests, ${serialRoundTrips(records)} serial\n  ${JSON.stringify(countByKind(records))}\n${name === 'oci' ? '' : records.map((r) => `    ${r.began}-${r.ended} ${r.method} ${r.path} ${r.status}`).join('\n')}`,
    );
    console.log(
      `${title}: serial ${serialRoundTrips(Object.values(all).flat())}\n${rows.join('\n')}`,
    );
    registries.clear();
  };
  test('all', { timeout: TIMEOUT }, async () => {
    const first = await publishAmeide(repository, registries);
    console.log(first.code, first.stderr.slice(-1500));
    show('publish');
    await publishAmeide(repository, registries);
    show('re-run');
    await runAmeide(['plan'], repository, registries);
    show('plan');
    await runAmeide(['trace', 'v0.1.0'], repository, registries);
    show('trace');
  });
});
