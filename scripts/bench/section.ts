import type { Result } from './run-scenario.ts';
import type { Scenario } from './scenario.ts';
import { REGISTRIES } from './servers.ts';
import { table } from './table.ts';

/** What the page says of one scenario. */
export function section(
  { name, note, work }: Scenario,
  { facts, rows }: Result,
  machine: readonly string[],
): string {
  const costs = facts.map(({ name: side, peakMiB, requests }) => {
    const asked = REGISTRIES.flatMap((registry) =>
      requests[registry] === 0 ? [] : [`${registry} ${requests[registry]}`],
    );
    const text = asked.length === 0 ? '' : `${asked.join(', ')} requests; `;
    return `- ${side}: ${text}${Math.round(peakMiB)} MiB`;
  });
  return [
    `### ${work} (\`${name}\`)`,
    ...(note === undefined ? [] : [note]),
    table(rows),
    ['Requests of one run, and the peak memory of its largest process:', '', ...costs].join('\n'),
    `<sub>${machine.join(' · ')}</sub>`,
  ].join('\n\n');
}
