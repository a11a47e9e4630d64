import { Command, CommanderError, Option } from 'commander';
import { AFTER_RELEASE } from '../commit/after-release-rule.ts';
import { ownVersion } from '../own-version.ts';
import { askedFor } from './asked.ts';
import {
  type AddCommand,
  addCommand,
  addTimedCommand,
  type End,
  EXAMPLES,
  ONE_REGISTRY,
  ONLY,
  ORIGIN,
  REF,
} from './command-parts.ts';
import { addConsume } from './consume-command.ts';
import { addDeploy } from './deploy-commands.ts';
import { addDoctor } from './doctor-command.ts';
import type { CliEnvironment } from './environment.ts';
import { addInit } from './init-command.ts';
import { addInventory } from './inventory-command.ts';
import { inertUsage } from './plain.ts';
import { RELEASE_COMMANDS } from './release-commands.ts';
import { safeOutput } from './safe-output.ts';
import { addMigrate, addWithdraw } from './withdrawal-commands.ts';

const EXIT_HELP = `
Exit codes:
  0 success: publish left everything on the registries; plan found no obstacle; trace got every answer; verify proved everything
  2 bad input, or not allowed from here: nothing was sent
  3 incomplete: a step failed; each problem says what to do
  4 conflict: the registry holds something else under our name; do not run it again unchanged
  5 outcome unknown: something may have landed; run it again, it reads the registries first
  6 authentication: a token is missing, wrong, or may do too little
 70 a fault of this program`;

const COMMANDS: Readonly<Record<CommandName, AddCommand>> = {
  init: addInit,
  version: addVersion,
  ...RELEASE_COMMANDS,
  trace: addTrace,
  verify: addVerify,
  map: addMap,
  prune: addPrune,
  'move-pointer': addMovePointer,
  deprecate: addDeprecate,
  migrate: addMigrate,
  withdraw: addWithdraw,
  consume: addConsume,
  doctor: addDoctor,
  inventory: addInventory,
  deploy: addDeploy,
};

/** `deploy check` is below `deploy`. */
type CommandName = keyof typeof EXAMPLES extends infer N
  ? N extends `${infer First} ${string}`
    ? First
    : N
  : never;

/**
 * Builds the command line. If the arguments name a command, adds only that one, because each takes time
 * to build. Loads a command's code only when it runs. Actions pass their exit code to `end`.
 */
function createProgram(argv: readonly string[], env: CliEnvironment, end: End): Command {
  const program = new Command('ameide-release')
    .description(
      'Publishes one commit to every package ecosystem, and reports which artifacts were built from it.',
    )
    .option('-C, --directory <dir>', 'the repository', '.')
    .configureOutput({
      writeOut: (text) => void env.stdout(text),
      writeErr: (text) => void env.stderr(text),
      outputError: (message, write) => write(inertUsage(message)),
    })
    .showHelpAfterError('Run with --help for the accepted form. Nothing was sent.')
    .addHelpText('after', EXIT_HELP)
    .exitOverride();
  const named = commandOf(argv);
  // `deploy pin` and `consume` have a --version of their own.
  if (named !== 'deploy' && named !== 'consume')
    program.version(ownVersion(), '--version', 'print the version of this program');
  for (const [name, add] of Object.entries(COMMANDS))
    if (named === undefined || named === name) add(program, env, end);
  return program;
}

/** Returns the command that the arguments begin with, after any `-C <dir>`; undefined if they name none. */
function commandOf([first = '', ...rest]: readonly string[]): string | undefined {
  if (first === '-C' || first === '--directory') return commandOf(rest.slice(1));
  return Object.hasOwn(COMMANDS, first) ? first : undefined;
}

function addVersion(program: Command, env: CliEnvironment, end: End): void {
  addCommand(program, 'version', "show every ecosystem's version of this commit; offline")
    .argument(
      '[revision]',
      'the commit (default: HEAD; in GitHub Actions the head of the pull request)',
    )
    .option('--base <X.Y.Z>', 'the base version, instead of a release definition')
    .option(
      '--version-file <file>',
      'the file whose version is the base (JSON, pyproject.toml, Cargo.toml, VERSION), instead of a release definition',
    )
    .option('--tag-prefix <prefix>', 'what comes before the version in a release tag (default: v)')
    .option(
      '--go-module <dir>',
      "the Go module's directory (default: the first that the definition lists, else the root)",
    )
    .addOption(
      new Option('--stamp <stamp>', 'the time in the version of a dev build').choices([
        'datetime',
        'date',
      ]),
    )
    .addOption(
      new Option(
        '--after-release <rule>',
        'the version that a dev build leads to when the base is already released',
      ).choices(AFTER_RELEASE),
    )
    .option(
      '--github-output',
      'also append NPM_VERSION, PYPI_VERSION and the rest to the file that GITHUB_OUTPUT names',
    )
    .option(...REF)
    .action(async (revision, options) => {
      const { version } = await import('./commands/version.ts');
      end(
        await version(env, {
          ...options,
          ...program.opts(),
          ...(revision === undefined ? {} : { revision }),
        }),
      );
    });
}

function addTrace(program: Command, env: CliEnvironment, end: End): void {
  addTimedCommand(
    program,
    'trace',
    'ask the registries which artifacts were built from a commit, or from which commit an artifact was built',
  )
    .argument(
      '<sha or coordinate>',
      'a commit, or npm:NAME@VERSION, pypi:NAME==VERSION, go:MODULE@VERSION, oci:IMAGE:TAG, oci:IMAGE@sha256:DIGEST, github:OWNER/REPOSITORY@TAG',
    )
    .action(async (subject, options) => {
      const { trace } = await import('./commands/trace.ts');
      end(await trace(env, { ...options, ...program.opts(), subject }));
    });
}

function addVerify(program: Command, env: CliEnvironment, end: End): void {
  addTimedCommand(
    program,
    'verify',
    'prove that the artifacts of a commit were built from it: signatures, provenances, who made them; exit 0 only if all that the definition asks for holds',
  )
    .argument('<sha or coordinate>', 'a commit, or a published artifact, as for trace')
    .option(
      '--trusted-root <file>',
      "Sigstore's trusted root, to verify without its network (default: the definition's, or the public one)",
    )
    .action(async (subject, options) => {
      const { verify } = await import('./commands/verify.ts');
      end(await verify(env, { ...options, ...program.opts(), subject }));
    });
}

function addMap(program: Command, env: CliEnvironment, end: End): void {
  addTimedCommand(
    program,
    'map',
    'ask the registries which version of each artifact was built from which commit',
  )
    .option(
      '--limit <number>',
      'show the newest <number> releases and the newest <number> dev builds (default: 50)',
    )
    .option('--html <file>', 'also write the map as one HTML page that needs no network')
    .option(
      '--services',
      'also show which services of the working tree use what, as inventory does',
    )
    .action(async (options) => {
      const { map } = await import('./commands/map.ts');
      end(await map(env, { ...options, ...program.opts() }));
    });
}

function addPrune(program: Command, env: CliEnvironment, end: End): void {
  addTimedCommand(
    program,
    'prune',
    'remove old dev builds from the registries that allow it; without --yes only show the plan',
  )
    .option('--keep <number>', 'keep the dev builds of the newest <number> commits')
    .option(
      '--younger-than <days>',
      'keep dev builds committed or uploaded in the last <days> days',
    )
    .option('--only <id...>', ONLY)
    .option('--yes', 'remove the dev builds that no rule keeps')
    .option(...ORIGIN)
    .action(async (options) => {
      const { prune } = await import('./commands/prune.ts');
      end(await prune(env, { ...options, ...program.opts() }));
    });
}

function addMovePointer(program: Command, env: CliEnvironment, end: End): void {
  addTimedCommand(
    program,
    'move-pointer',
    'move one pointer to a published version, backwards too; without --from only show what it names',
  )
    .argument(
      '<pointer>',
      'npm:NAME@DIST-TAG, oci:IMAGE:TAG, go:MODULE@BRANCH, github:OWNER/REPOSITORY@latest',
    )
    .requiredOption('--to <version or sha>', 'the published version that it should name')
    .option(
      '--from <version>',
      'what it names now, or nothing: it is moved only while it names this',
    )
    .option('--only <id>', ONE_REGISTRY)
    .option(...ORIGIN)
    .action(async (pointer, options) => {
      const { movePointer } = await import('./commands/move-pointer.ts');
      end(await movePointer(env, { ...options, ...program.opts(), pointer }));
    });
}

function addDeprecate(program: Command, env: CliEnvironment, end: End): void {
  addTimedCommand(
    program,
    'deprecate',
    'tell everybody who installs one published version what to use instead; without --message only show what it says',
  )
    .argument('<coordinate>', 'npm:NAME@VERSION')
    .option('--message <text>', "what people are told, in one line; '' takes it back")
    .option('--only <id>', ONE_REGISTRY)
    .option(...ORIGIN)
    .action(async (coordinate, options) => {
      const { deprecate } = await import('./commands/deprecate.ts');
      end(await deprecate(env, { ...options, ...program.opts(), coordinate }));
    });
}

/** Runs one command line and resolves to its exit code. Never throws. */
export async function main(argv: readonly string[], world: CliEnvironment): Promise<number> {
  const env = safeOutput(world);
  // Standard output is the command's result alone.
  env.redirectOutput?.(env.stderr);
  let code = 0;
  try {
    await createProgram(argv, env, (value) => (code = value)).parseAsync([...argv], {
      from: 'user',
    });
    return code;
  } catch (error) {
    // Help that the user asked for.
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    const asked = askedFor(argv, Object.keys(COMMANDS));
    const { reportFailure, reportUsage } = await import('./failure.ts');
    if (!(error instanceof CommanderError)) return reportFailure(error, env, asked);
    // Also help because the command is missing: a job that lost its command must not pass.
    return reportUsage(error.message, env, asked);
  }
}
