import type { StepLines } from './yaml.ts';

interface JobParts {
  readonly minutes: number;
  /** Lines before the steps; those of `needs` come before `runs-on`. */
  readonly fields: readonly string[];
  readonly after?: readonly string[];
  readonly order?: 'needs-first';
  readonly steps: readonly StepLines[];
}

/** One job of the workflow. */
export function job(
  id: string,
  name: string,
  { after = [], fields, minutes, order, steps }: JobParts,
): string {
  const isFirst = (line: string): boolean =>
    order === 'needs-first' && !/^ |^permissions:/.test(line);
  const lines = [
    `name: ${name}`,
    ...fields.filter(isFirst),
    'runs-on: ubuntu-24.04',
    `timeout-minutes: ${minutes}`,
    ...fields.filter((line) => !isFirst(line)),
    ...after,
    'steps:',
    ...steps.flatMap((step) => step.map((line) => `  ${line}`)),
  ];
  return `  ${id}:\n${lines.map((line) => `    ${line}\n`).join('')}`;
}
