import { parseArgs } from 'node:util';

export interface Flags {
  readonly pairs: number;
  readonly only: readonly string[];
  /** True to measure only how costs grow. */
  readonly growth: boolean;
  readonly quick: boolean;
  readonly write: boolean;
}

const USAGE = `Usage: npx -y pnpm@12 bench [--pairs N] [--only NAME]… [--growth] [--quick] [--write]
  --pairs N    run N pairs of each comparison (default: 5)
  --only NAME  measure only this scenario; can be repeated
  --growth     measure only how costs grow, without other tools
  --quick      only the first delay of a scenario, or the two smallest sizes, to see whether it works
  --write      write the results into docs/performance.md
Scenarios:`;

/** Reads the options. Ends the program after --help, and with exit code 2 after a wrong option. */
export function readFlags(scenarios: readonly string[], figures: readonly string[]): Flags {
  const usage = `${USAGE} ${scenarios.join(' ')}\nHow costs grow: ${figures.join(' ')}`;
  try {
    const { growth, help, only, pairs, quick, write } = parseArgs({
      options: {
        pairs: { type: 'string', default: '5' },
        only: { type: 'string', multiple: true, default: [] },
        growth: { type: 'boolean', default: false },
        quick: { type: 'boolean', default: false },
        write: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values;
    if (help) {
      console.log(usage);
      return process.exit(0);
    }
    if (!/^[1-9]\d{0,3}$/.test(pairs))
      throw new TypeError(`--pairs must be a number from 1 to 9999, not ${pairs}`);
    if (quick && write)
      throw new TypeError(
        '--quick measures too little to be written: leave out --quick or --write',
      );
    const names = growth ? figures : [...scenarios, ...figures];
    const unknown = only.find((name) => !names.includes(name));
    if (unknown !== undefined)
      throw new TypeError(`--only: there is no ${growth ? 'figure' : 'scenario'} ${unknown}`);
    return { pairs: Number(pairs), only, growth, quick, write };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    console.error(`${error.message}\n${usage}`);
    return process.exit(2);
  }
}
