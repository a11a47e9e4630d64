/** What the command line asked for, as far as it could be read. */
export interface Asked {
  readonly json: boolean;
  readonly command: string | undefined;
  /** True if the command never writes to a registry. */
  readonly readsOnly: boolean;
}

const WRITING: ReadonlySet<string> = new Set([
  'publish',
  'promote',
  'move-pointer',
  'deprecate',
  'migrate',
  'withdraw',
  'prune',
]);

export function askedFor(argv: readonly string[], commands: readonly string[] = []): Asked {
  return {
    json: argv.includes('--json'),
    command: argv.find((word) => commands.includes(word)),
    readsOnly: !argv.some((word) => WRITING.has(word)),
  };
}
