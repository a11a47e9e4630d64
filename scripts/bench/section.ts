import { WATCH_MS } from '@ameide/publisher-kit';
import { type Fact, OURS, type Result } from './run-scenario.ts';
import type { Scenario } from './scenario.ts';
import { REGISTRIES } from './servers.ts';
import { table } from './table.ts';

/** Returns the part of the page about one scenario, as Markdown. */
export function section(
  { name, note, watches = false, work }: Scenario,
  { facts, rows }: Result,
  machine: readonly string[],
): string {
  const costs = facts.map((fact) => {
    const parts = [requestsOf(fact), `${Math.round(fact.peakMiB)} MiB`];
    if (fact.name === OURS) parts.push(timeOf(fact, watches));
    return `- ${fact.name}: ${parts.filter((part) => part !== '').join('; ')}`;
  });
  return [
    `### ${work} (\`${name}\`)`,
    ...(note === undefined ? [] : [note]),
    table(rows),
    ['The requests of one run, and the peak memory of its largest process:', '', ...costs].join(
      '\n',
    ),
    `<sub>${machine.join(' · ')}</sub>`,
  ].join('\n\n');
}

function requestsOf({ inARow, requests }: Fact): string {
  const asked = REGISTRIES.flatMap((registry) =>
    requests[registry] === 0 ? [] : [`${registry} ${requests[registry]}`],
  );
  return asked.length === 0 ? '' : `${asked.join(', ')} requests, in ${inARow} serial round trips`;
}

/** Says what the time of one run is spent on, which shows what stands in the way of a goal. */
function timeOf({ delayMs, inARow, ms }: Fact, watches: boolean): string {
  if (delayMs === 0) return '';
  const share = (part: number): string => `${Math.round((100 * part) / ms)} %`;
  const waited = inARow * delayMs;
  const watched = watches ? WATCH_MS.reduce((sum, one) => sum + one, 0) : 0;
  return [
    `its time: ${share(waited)} delays (${inARow} × ${delayMs} ms)`,
    ...(watched === 0 ? [] : [`${share(watched)} watching what it has moved`]),
    `${share(Math.max(0, ms - waited - watched))} everything else`,
  ].join(', ');
}
