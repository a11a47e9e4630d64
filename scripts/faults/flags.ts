import { parseArgs } from 'node:util';
import { FAULTS } from './faults.ts';
import { SCENARIO_TITLES, type ScenarioName } from './prepare.ts';
import { SITUATIONS } from './situations.ts';

export interface Flags {
  readonly only: readonly string[];
  readonly scenarios: readonly ScenarioName[];
  readonly steps?: ReadonlySet<number>;
  readonly shapes: boolean;
  /** How many cases at most: the first in the order of the seed. */
  readonly limit?: number;
  readonly seed: number;
  readonly jobs?: number;
  readonly fresh: boolean;
  readonly json: boolean;
  readonly write: boolean;
}

const FAULT_NAMES = [...FAULTS, ...SITUATIONS].map(({ name }) => name);
export const SCENARIO_NAMES: readonly ScenarioName[] = Object.keys(
  SCENARIO_TITLES,
) as ScenarioName[];

const USAGE = `Usage: npx -y pnpm@12 faults [options]
  --only FAULT,…      ${FAULT_NAMES.join(' ')}
  --scenario NAME,…   ${SCENARIO_NAMES.join(' ')}
  --steps 3-5,7       only these steps; 0 for the faults of a whole run
  --shapes            one step of each shape: without the same request to another image
  --limit N           the first N cases in the order of the seed: a random sample
  --seed N            the order of the cases (default 1)
  --jobs N            how many cases run at once (default: one for each core)
  --fresh             forget builds and results; otherwise a run that was stopped continues
  --json              print every case
  --write             write the tables of all results so far into docs/reliability.md`;

const OPTIONS = {
  only: { type: 'string', default: '' },
  scenario: { type: 'string', default: SCENARIO_NAMES.join(',') },
  steps: { type: 'string' },
  shapes: { type: 'boolean', default: false },
  limit: { type: 'string' },
  seed: { type: 'string', default: '1' },
  jobs: { type: 'string' },
  fresh: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  write: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

/** Reads the options. Ends the program after --help, and with exit code 2 for a wrong one. */
export function readFlags(argv: readonly string[] = process.argv.slice(2)): Flags {
  try {
    const { help, jobs, limit, only, scenario, seed, steps, ...rest } = parseArgs({
      args: [...argv],
      options: OPTIONS,
    }).values;
    if (help) {
      console.log(USAGE);
      return process.exit(0);
    }
    return {
      ...rest,
      only: names(only, FAULT_NAMES),
      scenarios: names(scenario, SCENARIO_NAMES) as ScenarioName[],
      seed: whole(seed),
      ...(jobs === undefined ? {} : { jobs: whole(jobs) }),
      ...(limit === undefined ? {} : { limit: whole(limit) }),
      ...(steps === undefined ? {} : { steps: numbersOf(steps) }),
    };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    console.error(`${error.message}\n${USAGE}`);
    return process.exit(2);
  }
}

function names(text: string, known: readonly string[]): readonly string[] {
  const given = text.split(',').filter((name) => name !== '');
  const wrong = given.find((name) => !known.includes(name));
  if (wrong !== undefined) throw new TypeError(`unknown name: ${wrong}`);
  return given;
}

function whole(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new TypeError(`not a number: ${text}`);
  return Number(text);
}

/** `3-5,7` */
function numbersOf(text: string): ReadonlySet<number> {
  return new Set(
    text.split(',').flatMap((part) => {
      const [from = '', to = from] = part.split('-');
      const [first, last] = [whole(from), whole(to)];
      return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
    }),
  );
}
