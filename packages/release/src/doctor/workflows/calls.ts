import type { ShellCommand, ShellWord } from '@ameide/source-files/workflows';

/** What a command runs, without what only starts it: `sudo`, `npx`, `uv run`, `python -m`. */
export interface Call {
  /** Without folders and version: `lerna` for `./node_modules/.bin/lerna` and for `npx lerna@8`. */
  readonly program: string;
  readonly word: ShellWord;
  readonly args: readonly ShellWord[];
}

/** Programs that run another one, with those of their flags that take a value. */
const STARTERS: Readonly<Record<string, readonly string[]>> = {
  sudo: ['-u', '-g', '--user', '--group'],
  env: ['-u', '-C'],
  time: [],
  command: [],
  exec: [],
  nohup: [],
  xargs: ['-n', '-I', '-P', '-d', '-L', '-a'],
  timeout: ['-s', '-k'],
  npx: ['-p', '--package'],
  pnpx: [],
  bunx: [],
  uvx: ['--from', '--with', '--python', '-p'],
  corepack: [],
};

/** The same for programs whose first arguments say so: `uv run`, `pnpm exec`. */
const STARTING_COMMANDS: Readonly<Record<string, readonly string[]>> = {
  pnpm: ['exec', 'dlx'],
  npm: ['exec', 'x'],
  yarn: ['dlx', 'exec'],
  bun: ['x'],
  uv: ['run'],
  uvx: [],
  poetry: ['run'],
  pdm: ['run'],
  rye: ['run'],
  hatch: ['run'],
  pipx: ['run'],
};

/** Programs that pnpm and yarn run by their bare name. */
const BINARIES = new Set([
  'ameide-release',
  'bumpp',
  'changeset',
  'lerna',
  'np',
  'nx',
  'release-it',
  'semantic-release',
  'turbo',
]);

const VALUED_FLAGS = new Set([
  '--filter',
  '-F',
  '-C',
  '--dir',
  '--prefix',
  '--cwd',
  '--package',
  '-p',
  '--with',
  '--group',
  '--extra',
  '--directory',
  '--project',
]);

/** At most so many programs start each other. */
const MAX_STARTERS = 6;

export function callOf({ words }: ShellCommand): Call | undefined {
  let rest = words;
  for (let round = 0; round < MAX_STARTERS; round += 1) {
    const next = started(rest);
    if (next === undefined) break;
    rest = next;
  }
  const [word, ...args] = rest;
  return word === undefined ? undefined : { program: programName(word.value), word, args };
}

function programName(value: string): string {
  const base = value.slice(value.lastIndexOf('/') + 1);
  return base.includes('@', 1) ? base.slice(0, base.indexOf('@', 1)) : base;
}

/** The words of the program that another one starts; undefined if the first word is a program of its own. */
function started(words: readonly ShellWord[]): readonly ShellWord[] | undefined {
  const [first, ...rest] = words;
  if (first === undefined || rest.length === 0) return undefined;
  const name = programName(first.value);
  if (/^python[\d.]*$/.test(name)) return rest[0]?.value === '-m' ? rest.slice(1) : undefined;
  const valued = Object.hasOwn(STARTERS, name) ? STARTERS[name] : undefined;
  if (valued !== undefined) {
    const bare = afterFlags(rest, new Set(valued));
    return name === 'timeout' ? bare.slice(1) : bare;
  }
  const starting = Object.hasOwn(STARTING_COMMANDS, name) ? STARTING_COMMANDS[name] : undefined;
  const [command, ...args] = afterFlags(rest, VALUED_FLAGS);
  if (starting === undefined || command === undefined) return undefined;
  if (starting.includes(command.value)) return afterFlags(args, VALUED_FLAGS);
  const isBinary = name === 'pnpm' || name === 'yarn' || name === 'bun';
  return isBinary && BINARIES.has(command.value) ? [command, ...args] : undefined;
}

function afterFlags(
  words: readonly ShellWord[],
  valued: ReadonlySet<string>,
): readonly ShellWord[] {
  let at = 0;
  for (; at < words.length; at += 1) {
    const { value = '' } = words[at] ?? {};
    if (valued.has(value)) at += 1;
    else if (value !== '--' && !value.startsWith('-') && !/^[A-Za-z_]\w*=/.test(value)) break;
  }
  return words.slice(at);
}

/** A call of npm, pnpm, yarn or bun: `yarn workspace sdk npm publish` is `npm publish`. */
export interface PackageManagerCall {
  readonly manager: 'npm' | 'pnpm' | 'yarn' | 'bun';
  /** Undefined for a bare `yarn`, which installs. */
  readonly command: ShellWord | undefined;
  /** Before and after the command. */
  readonly flags: readonly ShellWord[];
  /** What follows the command and is not a flag. */
  readonly operands: readonly ShellWord[];
  /** `-C`, `--dir`, `--prefix` or `--cwd`. */
  readonly directory?: string;
  /** True if it runs in other packages than that of the folder: `--filter`, `-r`, `workspaces foreach`. */
  readonly isElsewhere: boolean;
}

const MANAGERS = new Set(['npm', 'pnpm', 'yarn', 'bun']);
const DIRECTORY_FLAG = /^(?:-C|--dir|--prefix|--cwd)(?:=(.*))?$/;
const WITH_VALUE =
  /^(?:--filter|-F|-C|--dir|--prefix|--cwd|--workspace|--tag|--access|--registry|--otp|--filter-prod)$/;

export function packageManagerCall(call: Call): PackageManagerCall | undefined {
  if (!MANAGERS.has(call.program)) return undefined;
  const manager = call.program as PackageManagerCall['manager'];
  const [flags, operands]: [ShellWord[], ShellWord[]] = [[], []];
  let directory: string | undefined;
  for (let at = 0; at < call.args.length; at += 1) {
    const word = call.args[at];
    if (word === undefined || word.value === '--') break;
    if (!word.value.startsWith('-')) {
      operands.push(word);
      continue;
    }
    flags.push(word);
    const value = WITH_VALUE.test(word.value) ? call.args[at + 1] : undefined;
    const inline = DIRECTORY_FLAG.exec(word.value);
    if (inline !== null) directory = inline[1] ?? value?.value;
    if (value !== undefined) at += 1;
  }
  const isElsewhere =
    flags.some(({ value }) => /^(?:--filter|-F$|-r$|--recursive$|--workspace|-w$)/.test(value)) ||
    (manager === 'yarn' && /^workspaces?$/.test(operands[0]?.value ?? ''));
  const [command, ...rest] = manager === 'yarn' ? yarnOperands(operands) : operands;
  return {
    manager,
    command,
    flags,
    operands: rest,
    isElsewhere,
    ...(directory === undefined ? {} : { directory }),
  };
}

/** Leaves out `workspace NAME`, `workspaces foreach` and, before `publish`, `npm`. */
function yarnOperands(operands: readonly ShellWord[]): readonly ShellWord[] {
  const [first, second] = operands.map(({ value }) => value);
  if (first === 'workspace' || (first === 'workspaces' && second === 'foreach'))
    return yarnOperands(operands.slice(2));
  return first === 'npm' && second === 'publish' ? operands.slice(1) : operands;
}

/** True if a word says more than its letters: a variable, `$( )` or an expression. */
export function isComputed(text: string): boolean {
  return /[$`\uE000*?]/.test(text);
}
