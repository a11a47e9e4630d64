import { startOciRegistry } from '@ameide/local-registries';
import { createProcesses } from '@ameide/publisher-kit';
import { expect, test } from 'vitest';

const MiB = 1024 * 1024;

/** The build's output does not shrink, so that the layer is as large. */
const BUILD = `
  const { openSync, writeSync } = require('node:fs');
  const piece = require('node:crypto').randomBytes(${MiB});
  const file = openSync('large', 'w');
  for (let index = 0; index < 192; index++) writeSync(file, piece);
`;

const SCRIPT = `
  import { ghcr } from '${new URL('../src/index.ts', import.meta.url).href}';
  import { literalCommit, openRun } from '@ameide/publisher-kit/testing';
  const [image, user, token] = process.argv.slice(1);
  const build = [process.execPath, '-e', ${JSON.stringify(BUILD)}];
  const definition = ghcr({ image, files: 'sdk', user, token, build });
  await using run = await openRun(definition, literalCommit({ 'sdk/a': '' }));
  const memory = () => process.resourceUsage().maxRSS * 1024;
  const before = memory();
  const built = await run.build();
  const [{ outcome, problem }] = await run.publisher.publish(run.plan, built, run.step);
  const size = Math.max(...built.blobs.map((blob) => blob.size));
  console.log(JSON.stringify({ outcome, problem, size, grown: memory() - before }));
`;

test('a file of 192 MiB is packed and pushed without being in memory as a whole', async () => {
  await using registry = await startOciRegistry();
  const argv = [process.execPath, '--input-type=module', '-e', SCRIPT] as const;
  const { stdoutText, stderrText } = await createProcesses().run({
    argv: [...argv, `${registry.host}/ameideio/sdk`, registry.user, registry.password],
    cwd: import.meta.dirname,
  });
  expect(stderrText).toBe('');
  const { grown, outcome, problem, size } = JSON.parse(stdoutText) as Record<string, unknown>;
  expect([outcome, problem]).toEqual(['published', undefined]);
  expect(Number(size)).toBeGreaterThan(192 * MiB);
  expect(Number(grown) / MiB).toBeLessThan(96);
}, 120_000);
