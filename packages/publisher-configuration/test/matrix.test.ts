import { readFileSync } from 'node:fs';
import { needs } from '@ameide/local-registries/components';
import {
  createTestRepository,
  openRun,
  repositoryCommit,
  runPublisher,
  type TestRepository,
} from '@ameide/publisher-kit/testing';
import { expect, test } from 'vitest';
import { configuration } from '../src/index.ts';
import {
  type CarrierRegistry,
  type CarrierWorld,
  npmWorld,
  ociWorld,
  pypiWorld,
} from './worlds.ts';

const README = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const CARRIERS: readonly (readonly [string, () => Promise<CarrierWorld<CarrierRegistry>>])[] = [
  ['`npm.bundle`', npmWorld],
  ['`pypi.bundle`', pypiWorld],
  ['`ghcr.bundle`', ociWorld],
];

/** What happens, as a cell of the README says it. */
interface Happened {
  readonly outcome: string;
  readonly moves: readonly string[];
  readonly writes: number;
}

function session(repository: TestRepository, world: CarrierWorld<CarrierRegistry>) {
  const [definition] = configuration({ directory: 'conf', carriers: [world.carrier()] });
  if (definition === undefined) throw new Error('no definition');
  const commitOf = async (sha: string, ref: string) =>
    repositoryCommit(await repository.open(), { sha, ref });
  return {
    async publish(sha: string, ref: string): Promise<Happened> {
      const before = world.proxy.mutating().length;
      const { moves, problems, published } = await runPublisher(
        definition,
        await commitOf(sha, ref),
      );
      const [outcome = problems[0]?.kind] = published.map((one) => one.outcome);
      return {
        outcome: String(outcome).replace('already-there', 'already there'),
        moves: moves.flatMap((move) => (move.outcome === 'moved' ? move.pointer.pointer : [])),
        writes: world.proxy.mutating().length - before,
      };
    },
    async trace(sha: string, ref: string): Promise<string> {
      await using run = await openRun(definition, await commitOf(sha, ref));
      const [coordinate] = run.plan.coordinates;
      if (coordinate === undefined) throw new Error('no coordinate');
      const [finding] = await run.publisher.inspect({ coordinate }, run.step);
      return finding?.sha === sha ? 'its commit' : `${finding?.state}`;
    },
  };
}

function cell({ moves, outcome, writes }: Happened): string {
  const moved =
    moves.length === 0 ? '' : `, ${moves.map((name) => `\`${name}\``).join(' and ')} moved`;
  return `${outcome}${moved}${writes === 0 ? ', nothing is sent' : ''}`;
}

needs('git')('the README’s matrix', () => {
  test.each(CARRIERS)('says what happens with %s', async (name, open) => {
    await using world = await open();
    await using repository = createTestRepository({ origin: 'https://github.com/ameideio/ameide' });
    const [tag, main] = ['refs/tags/v0.1.0', 'refs/heads/main'];
    const a = repository.commit({ files: { 'conf/a.yaml': 'a: 1\n' } });
    const time = '1763047999 +0000';
    const b = repository.commit({ files: { 'conf/a.yaml': 'a: 2\n' }, time });
    const release = session(repository, world);
    const cells = [
      cell(await release.publish(a, main)),
      cell(await release.publish(a, main)),
      cell(await release.publish(b, main)),
      cell(await release.publish(b, tag)),
      cell(await release.publish(a, tag)),
      await release.trace(b, tag),
    ];
    const row = README.split('\n').find(
      (line) => line.startsWith(`| ${name} `) && line.includes(' its commit '),
    );
    expect(
      row
        ?.split('|')
        .slice(2, -1)
        .map((text) => text.trim()),
    ).toEqual(cells);
  });
});
