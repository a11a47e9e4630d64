import { createTestRepository, type TestRepository } from '@ameide/publisher-kit/testing';
import { publishRelease, type ReleaseReport } from '@ameide/release';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createCrossing, seeded, type Who } from './crossing.ts';
import { type SharedRegistries, startSharedRegistries } from './registries.ts';

const COUNT = Number(process.env['TWO_RUNS'] ?? 50);
let registries: SharedRegistries;
beforeAll(async () => {
  registries = await startSharedRegistries();
});
afterAll(async () => registries[Symbol.asyncDispose]());

function commit(repository: TestRepository, name: string, base: string, minute: number): string {
  return repository.commit({
    time: `2025-11-13T15:${minute}:11Z`,
    files: {
      'version.json': { version: base },
      'js/package.json': {
        name: `@acme/${name}`,
        version: '0.0.0',
        license: 'MIT',
        repository: 'github:acme/mono',
      },
      'js/index.js': `module.exports = ${minute};\n`,
      'image/index.html': `${minute}\n`,
      'go/go.mod': `module github.com/acme/${name}\n\ngo 1.21\n`,
      'go/sdk.go': `package sdk\n\nconst Answer = ${minute}\n`,
    },
  });
}

async function publish(
  repository: TestRepository,
  name: string,
  revision: string,
  ref: string,
  onRequest: Parameters<SharedRegistries['define']>[1],
): Promise<ReleaseReport> {
  await using run = await registries.define(name, onRequest);
  return await publishRelease({
    repository: await repository.open(),
    definition: run.definition,
    env: {},
    revision,
    ref,
  });
}

test('dev dev', async () => {
  const t = performance.now();
  for (let rep = 0; rep < 4; rep++) {
    const name = `dev-${rep}`;
    await using repository = createTestRepository({ origin: 'https://github.com/acme/mono' });
    await registries.create(name);
    const older = commit(repository, name, '0.1.0', 10);
    const newer = commit(repository, name, '0.1.0', 20);
    const order: Record<Who, string> =
      rep % 2 ? { first: older, second: newer } : { first: newer, second: older };
    const crossing = createCrossing(seeded(rep));
    const reports = await Promise.all(
      (['first', 'second'] as const).map(async (who) => {
        const report = await publish(repository, name, order[who], 'refs/heads/main', (request) =>
          crossing.pass(who, request),
        );
        crossing.end(who);
        return report;
      }),
    );
    for (const r of reports)
      console.log(
        rep,
        r.exitCode,
        JSON.stringify(r.pointers.map((p: any) => [p.pointer, p.outcome])),
        JSON.stringify(r.problems.map((p: any) => p.message)),
      );
    console.log(older, newer, await registries.names(name));
  }
  console.log((performance.now() - t) / 4);
});
