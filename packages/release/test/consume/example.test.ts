import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { needs } from '@ameide/local-registries/components';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ConsumeReport } from '../../src/consume/consume-report.ts';
import {
  type AmeideRepository,
  createAmeideRepository,
  publishAmeide,
  type Registries,
  runAmeide,
  startRegistries,
} from '../support/ameide-world.ts';

const TIMEOUT = 240_000;

async function writeDiff(diff: string, folder: string): Promise<string> {
  const path = join(folder, 'consume.diff');
  await writeFile(path, diff);
  return path;
}

needs(
  'git',
  'uv',
  'npm',
  'pnpm',
)('consume as a process, in the example', () => {
  let repository: AmeideRepository;
  let registries: Registries;
  beforeAll(async () => {
    repository = await createAmeideRepository();
    registries = await startRegistries(repository);
    await repository.commit('The first commit', '2025-11-13T14:00:00+00:00');
    await repository.tag('v0.1.0');
    const { code, stderr } = await publishAmeide(repository, registries);
    expect(code, stderr).toBe(0);
  }, TIMEOUT);
  afterAll(async () => {
    await registries.stop();
    await repository.remove();
  });

  test('shows a diff that git applies, and sends nothing', { timeout: TIMEOUT }, async () => {
    registries.clear();
    const command = ['consume', '--skip-lockfiles'];
    const { code, stderr, stdout } = await runAmeide(command, repository, registries);
    const report = JSON.parse(stdout) as ConsumeReport;
    expect(code, `${stderr}${JSON.stringify(report.problems)}`).toBe(0);
    expect(report).toMatchObject({ schema: 'ameide-release/consume/1', problems: [] });
    expect(report.release.version).toBe('0.1.0');
    expect(registries.mutating()).toEqual({ npm: 0, python: 0, oci: 0, git: 0 });
    expect(repository.git('status', '--porcelain')).toBe('');
    expect(report.files).toMatchObject([
      {
        path: 'services/www_ameide/package.json',
        changes: [{ name: '@ameideio/ameide-sdk-ts', from: 'workspace:^', to: '0.1.0' }],
      },
    ]);
    repository.git('apply', '--check', await writeDiff(report.diff, registries.temporary));
  });
});
