import type { Share } from './profile.ts';
import { type Fact, OURS, type Result, WATCHED_MS, waitingMs } from './result.ts';
import { isUnmet } from './row.ts';
import type { Scenario } from './scenario.ts';
import { REGISTRIES } from './servers.ts';
import { table } from './table.ts';

/** Returns the part of the page about one scenario, as Markdown. */
export function section(
  { name, note, obstacle = '', watches = false, work }: Scenario,
  { facts, profile, rows }: Result,
  machine: readonly string[],
): string {
  const costs = facts.map((fact) => {
    const parts = [requestsOf(fact), cpuOf(fact), `${Math.round(fact.peakMiB)} MiB`];
    if (fact.name === OURS) parts.push(timeOf(fact, watches));
    return `- ${fact.name}: ${parts.filter((part) => part !== '').join('; ')}`;
  });
  return [
    `### ${work} (\`${name}\`)`,
    ...(note === undefined ? [] : [note]),
    table(rows),
    ...(rows.some(isUnmet) ? [`What stands in the way: ${obstacle}`] : []),
    ...(profile.length === 0 ? [] : [profileText(profile)]),
    ['What one run takes (memory: the peak of its largest process):', '', ...costs].join('\n'),
    `<sub>${machine.join(' · ')}</sub>`,
  ].join('\n\n');
}

function profileText(profile: readonly Share[]): string {
  const parts = profile.map(({ part, what }) => `${Math.round(100 * part)} % ${what}`);
  return `A profile of one more run of ours (its main thread, sampled twice a millisecond): ${parts.join(', ')}.`;
}

function requestsOf({ delayMs, requests, serial }: Fact): string {
  const asked = REGISTRIES.flatMap((registry) =>
    requests[registry] === 0 ? [] : [`${registry} ${requests[registry]}`],
  );
  if (asked.length === 0) return '';
  const all = `${asked.join(', ')} requests`;
  // Without a delay, requests that do not wait for one another look serial, too.
  return delayMs === 0 ? all : `${all}, in ${serial} serial round trips`;
}

function cpuOf({ cpuMs, ms }: Fact): string {
  return cpuMs === 0 ? '' : `a processor for ${Math.round((100 * cpuMs) / ms)} % of its time`;
}

/** Says what the time of one run is spent on, which shows what stands in the way of a goal. */
function timeOf({ delayMs, serial, ms }: Fact, watches: boolean): string {
  const share = (part: number): string => `${Math.round((100 * part) / ms)} %`;
  const waited = waitingMs(serial, delayMs, watches);
  if (waited === 0) return '';
  const delayed = serial * delayMs;
  return [
    ...(delayed === 0 ? [] : [`${share(delayed)} of its time delays (${serial} × ${delayMs} ms)`]),
    ...(watches ? [`${share(WATCHED_MS)} watching what it has moved`] : []),
    `${share(Math.max(0, ms - waited))} everything else`,
  ].join(', ');
}
