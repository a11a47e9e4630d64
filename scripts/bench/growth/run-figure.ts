import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createMeter, measure } from '../meter.ts';
import type { Bench } from '../run-scenario.ts';
import type { Place } from '../scenario.ts';
import { type Counts, REGISTRIES } from '../servers.ts';
import { median } from '../statistics.ts';
import type { Figure, Line, Point } from './figure.ts';

/** With more artifacts than this one round is enough, because each of them is a measurement. */
const MANY = 10;

/** Runs each command of a figure at each size. Each size has its own registries and folder. */
export async function runFigure(
  { cost, name, prepare, sizes }: Figure,
  bench: Bench,
  rounds: number,
): Promise<readonly Point[]> {
  const points: Point[] = [];
  for (const size of sizes) {
    bench.checkStopped();
    const set = `${name}-${size}`;
    const folder = join(bench.folder, set);
    await mkdir(folder);
    const registries = await bench.registries.start(set);
    try {
      const run = createMeter(bench.environment).run;
      const place: Place = { folder, registries, command: bench.command, run };
      for (const line of await prepare(place, size))
        points.push(await pointOf(line, { cost, size }, place, bench, rounds));
    } finally {
      await registries.stop();
      await rm(folder, { recursive: true, force: true });
    }
  }
  return points;
}

async function pointOf(
  line: Line,
  { cost, size }: Pick<Figure, 'cost'> & { readonly size: number },
  place: Place,
  bench: Bench,
  most: number,
): Promise<Point> {
  const results: Omit<Point, 'line' | 'size'>[] = [];
  const rounds = size > MANY && cost === 'each' ? 1 : most;
  // The first one warms up: a first version of a package, an empty cache.
  for (let round = 0; round <= rounds; round += 1) {
    bench.checkStopped();
    await line.before?.(round);
    await place.registries.traffic();
    const used = await measure(bench.environment, (meter) => line.run(meter, round));
    const { answerBytes, requests } = await place.registries.traffic();
    await line.check?.(round);
    if (round > 0)
      results.push({ ...used, requests: sum(requests), answerBytes: sum(answerBytes) });
  }
  const middle = (of: (one: Omit<Point, 'line' | 'size'>) => number): number =>
    median(results.map(of));
  return {
    line: line.name,
    size,
    requests: middle(({ requests }) => requests),
    answerBytes: middle(({ answerBytes }) => answerBytes),
    peakMiB: middle(({ peakMiB }) => peakMiB),
    ms: middle(({ ms }) => ms),
    cpuMs: middle(({ cpuMs }) => cpuMs),
  };
}

function sum(counts: Counts): number {
  return REGISTRIES.reduce((total, name) => total + counts[name], 0);
}
