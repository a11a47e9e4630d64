import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { releaseAccess } from '../credentials.ts';
import { randomText } from '../random.ts';
import type { Place } from '../scenario.ts';
import { ourPackages } from '../scenarios/npm.ts';
import type { Figure, Line } from './figure.ts';

const NAME = '@bench/p001';

interface Document {
  readonly version: string;
  readonly _id: string;
  readonly dist: Readonly<Record<string, unknown>>;
}

/** The document that verdaccio stores for a package. */
interface Packument {
  readonly versions: Readonly<Record<string, Document>>;
  readonly time: Readonly<Record<string, string>>;
}

/**
 * Adds `count` older versions to a package that has one version. Writes verdaccio's own file, because
 * publishing ten thousand would take an hour. Each differs from the published one in its version and digest.
 */
async function addOlderVersions(
  { registries: { directory } }: Place,
  count: number,
): Promise<void> {
  const file = join(directory, 'npm/storage', NAME, 'package.json');
  const packument = JSON.parse(await readFile(file, 'utf8')) as Packument;
  const [document] = Object.values(packument.versions);
  if (document === undefined) throw new Error(`${file} has no version`);
  const copy = (version: string, number: number): Document => {
    // Different digests, which hardly compress, so that the answers are as long as a real registry's.
    const dist = { ...document.dist, integrity: `sha512-${randomText(86, number)}==` };
    return { ...document, version, _id: `${NAME}@${version}`, dist };
  };
  const time = packument.time['created'] ?? '';
  const older = Array.from({ length: count }, (_, index) => `0.0.${index + 1}`);
  const all = {
    ...packument,
    versions: {
      ...Object.fromEntries(older.map((version, index) => [version, copy(version, index + 1)])),
      ...packument.versions,
    },
    time: { ...Object.fromEntries(older.map((version) => [version, time])), ...packument.time },
  };
  await writeFile(file, JSON.stringify(all));
}

async function prepare(place: Place, versions: number): Promise<readonly Line[]> {
  const { run, ...publish } = await ourPackages(1).prepare(place);
  await publish.before?.(0);
  await run({ run: place.run }, 0);
  await addOlderVersions(place, versions - 1);
  const call = { cwd: join(place.folder, 'repository'), env: releaseAccess(place) };
  const ours = (...argv: readonly string[]): Line['run'] => {
    return async (meter) => void (await meter.run([place.command, ...argv, '--quiet'], call));
  };
  // Each round plans and publishes another version.
  const planned = (round: number): number => 1 + round;
  const published = (round: number): number => 100 + round;
  return [
    { name: 'plan', before: async (round) => publish.before?.(planned(round)), run: ours('plan') },
    {
      name: 'publish',
      before: async (round) => publish.before?.(published(round)),
      run: ours('publish'),
      check: async (round) => publish.check?.(published(round)),
    },
    { name: 'trace', run: ours('trace', 'HEAD') },
  ];
}

export const npmVersions: Figure = {
  name: 'growth-npm-versions',
  title: 'one npm package that has been published before',
  note: '`plan` and `publish` of a new version, and `trace` of its commit. The registry (verdaccio) reads all versions for each request, on the same processors. Where that makes a write later than two seconds after its read, `publish` asks once more ([decision 48](decisions/0048-two-runs-at-once.md)).',
  of: 'published versions',
  sizes: [1, 100, 1000, 10_000],
  cost: 'total',
  prepare,
};
