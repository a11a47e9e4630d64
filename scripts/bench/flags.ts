import { parseArgs } from 'node:util';

export interface Flags {
  readonly pairs: number;
  readonly only: readonly string[];
  /** How costs grow, and nothing else. */
  readonly growth: boolean;
  readonly quick: boolean;
  readonly write: boolean;
}

const USAGE = `Usage: npx -y pnpm@12 bench [--pairs N] [--only NAME]… [--growth] [--quick] [--write]
  --pairs N    how many pairs of each comparison are run (default: 5)
  --only NAME  only this scenario; can be repeated
  --growth     only how costs grow, without other tools
  --quick      only the first delay of a scenario, the two smallest sizes of growth: whether it works
  --write      writes what was measured into docs/performance.md
Scenarios:`;

/** Reads the options. Ends the program after --help, and with exit code 2 for what it does not know. */
export function readFlags(names: readonly string[]): Flags {
  const usage = `${USAGE} ${names.join(' ')}`;
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
    if (!/^[1-9]\d{0,3}$/.test(pairs)) throw new TypeError(`--pairs: not a number: ${pairs}`);
    const unknown = only.find((name) => !names.includes(name));
    if (unknown !== undefined) throw new TypeError(`--only: no scenario is called ${unknown}`);
    return { pairs: Number(pairs), only, growth, quick, write };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    console.error(`${error.message}\n${usage}`);
    return process.exit(2);
  }
}
