import type { PlannedNames } from '../run/planned-names.ts';
import { problemLines } from './problem-lines.ts';
import { registryIfSeveral, table } from './table.ts';

/** What a definition publishes of a commit, for people: each artifact, and what will name it. */
export function plannedText({ artifacts, pointers, problems }: PlannedNames): string {
  const rows = artifacts.map((artifact, index) => {
    const { coordinate, publisher } = artifact;
    const isFirst = artifacts[index - 1]?.publisher !== publisher;
    const named = pointers.filter((one) => isFirst && one.publisher === publisher);
    return [coordinate, named.map(({ pointer }) => pointer).join(' '), registryIfSeveral(artifact)];
  });
  return [
    ...(rows.length === 0
      ? []
      : ['', table(['THIS DEFINITION PUBLISHES', 'POINTERS', 'AT'], rows)]),
    ...problemLines(problems, { readsOnly: true }),
  ].join('\n');
}
