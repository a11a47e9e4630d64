import { readLockfiles } from '@ameide/source-files/lockfiles';
import { expect, it } from 'vitest';
import { textFiles } from './source-files.ts';

const PACKAGES = 12_000;
const PROJECTS = 200;

function version(number: number): string {
  return `1.${number % 10}.0`;
}

/** 4 MB: each package needs three others, and each project gets all of them. */
function largeLock(): string {
  const all = Array.from({ length: PACKAGES }, (_, index) => index);
  const key = (number: number): string => `  '@scope/package-${number}@${version(number)}':`;
  const packages = all.map(
    (one) =>
      `${key(one)}\n    resolution: {integrity: sha512-${'a'.repeat(86)}==}\n    engines: {node: '>=18'}\n`,
  );
  const snapshots = all.map((one) => {
    const needed = [1, 7, 31].map((step) => (one + step) % PACKAGES);
    const lines = needed.map((other) => `      '@scope/package-${other}': ${version(other)}\n`);
    return `${key(one)}\n    dependencies:\n${lines.join('')}`;
  });
  const importers = all
    .slice(0, PROJECTS)
    .map(
      (one) =>
        `  services/s${one}:\n    dependencies:\n      '@scope/package-${one}':\n        specifier: ^1.0.0\n        version: ${version(one)}\n`,
    );
  return `lockfileVersion: '9.0'\n\nimporters:\n\n${importers.join('\n')}\npackages:\n\n${packages.join('\n')}\nsnapshots:\n\n${snapshots.join('\n')}`;
}

// Took 83 s when each walk read the packages again. The limit is for a slow machine, not a measurement.
it('walks a large lockfile from every project', async () => {
  const { lockfiles } = await readLockfiles(textFiles({ 'pnpm-lock.yaml': largeLock() }));
  const [lock] = lockfiles;
  for (const project of lock?.projects ?? [])
    expect(lock?.packagesOf(project)).toHaveLength(PACKAGES);
  expect(lock?.projects).toHaveLength(PROJECTS);
}, 40_000);
