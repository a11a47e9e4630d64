import type { Repository } from '@ameide/publisher-kit/git';
import { InvalidInputError, type Problem } from '@ameide/versioning-core';
import type { Choices } from '../../../init/choices.ts';
import { type InitFlags, type Proposal, propose } from '../../../init/default-choices.ts';
import { definitionFile } from '../../../init/definition-file.ts';
import { type RepositoryFacts, readFacts } from '../../../init/facts.ts';
import { type InitFile, type InitReport, initReport } from '../../../init/init-report.ts';
import { installCommands, nextSteps } from '../../../init/next-steps.ts';
import { makeDefinition, type Preview, preview } from '../../../init/preview.ts';
import { type RenderedFile, renderFiles } from '../../../init/rendered-files.ts';
import { ownVersion } from '../../../own-version.ts';
import { shellWords } from '../../../report/shell-word.ts';
import { Cancelled } from '../../cancelled.ts';
import type { CliEnvironment } from '../../environment.ts';
import { openDirectory } from '../../open-directory.ts';
import { printReport } from '../../print.ts';
import type { ProgressArguments } from '../../progress/options.ts';
import { withProgress } from '../../progress/with-progress.ts';
import type { Prompts } from '../../prompts.ts';
import { install } from './install.ts';
import { initText } from './print-init.ts';
import { askChoices } from './questions.ts';
import { filesText } from './show-files.ts';
import { type Decided, ignoredProblems, isNew, writeFiles } from './write-files.ts';

export interface InitArguments extends InitFlags, ProgressArguments {
  readonly directory: string;
  readonly yes?: boolean;
  readonly install?: boolean;
  readonly offline?: boolean;
  readonly force?: boolean;
  readonly dryRun?: boolean;
}

/** Without its publishers, or its files, a definition is not planned. */
function notPlanned(failed: readonly Problem[]): Preview {
  const note =
    'Not planned: the publishers of the definition are not installed beside ameide-release.';
  return { hasAbove: 'unknown', problems: [], notes: failed.length > 0 ? [] : [note] };
}

/** The same as after any Ctrl-C: running it again is safe. */
const INCOMPLETE = 3;

/** `ameide-release init` */
export async function init(env: CliEnvironment, args: InitArguments): Promise<number> {
  await using repository = await openDirectory(args.directory);
  try {
    return await initIn(repository, env, args);
  } catch (error) {
    if (!(error instanceof Cancelled)) throw error;
    void env.stderr('Cancelled: nothing was written.\n');
    return INCOMPLETE;
  }
}

async function initIn(
  repository: Repository,
  env: CliEnvironment,
  args: InitArguments,
): Promise<number> {
  const facts = await readFacts(repository);
  const proposal = await propose(facts, args);
  const prompts = await promptsFor(env, args, proposal);
  const choices =
    prompts === undefined ? proposal.choices : await askChoices(proposal, facts, prompts);
  const dirtyBefore = facts.hasCommit ? await repository.dirtyPaths() : [];
  const { data, files } = await renderFiles(facts, choices, ownVersion());
  refuseSecondDefinition(facts, choices);
  // An invalid definition is refused before anything is written.
  const definition = await makeDefinition(data, env.env);
  const decided = await decide(files, args, env, prompts);
  const commands = installCommands(facts, choices, data, ownVersion());
  const installs =
    args.dryRun !== true && commands.length > 0 && (await wantsInstall(commands, args, prompts));
  env.signal.throwIfAborted();
  const { failed, written } =
    args.dryRun === true
      ? { failed: [], written: decided }
      : await writeFiles(repository.root, decided);
  const isWritten = args.dryRun !== true && failed.length === 0;
  const ignored = await ignoredProblems(repository, decided);
  const uninstalled =
    installs && isWritten
      ? await install(commands, repository.root, env)
      : { problems: [], left: commands };
  const { exitCode, report } = await withProgress(env, args, repository.root, async (onEvent) => {
    const offline = args.offline === true;
    const common = { repository, env: env.env, offline, dirtyBefore, signal: env.signal, onEvent };
    const { hasCommit } = facts;
    const previewed =
      definition === undefined || failed.length > 0
        ? notPlanned(failed)
        : await preview({ ...common, definition, version: choices.version, hasCommit });
    const { hasAbove } = previewed;
    return initReport({
      choices,
      files: written.map(
        ({ action, file }): InitFile => ({ path: file.path, action, text: file.text }),
      ),
      isWritten,
      // What is next is to write the files: the problem says how.
      next:
        failed.length > 0
          ? []
          : await nextSteps({ commands: uninstalled.left, facts, choices, data, hasAbove }),
      preview: previewed,
      problems: [...failed, ...ignored, ...uninstalled.problems],
      notes: [...(prompts === undefined ? proposal.notes : []), ...unread(facts)],
    });
  });
  printReport<InitReport>(env, args.json, report, initText);
  return exitCode;
}

/** Undefined if nothing is to be asked. Throws `InvalidInputError` if there is a question and no terminal. */
async function promptsFor(
  env: CliEnvironment,
  { dryRun, json, yes }: InitArguments,
  { choices }: Proposal,
): Promise<Prompts | undefined> {
  if (yes === true) return undefined;
  const prompts = json === true ? undefined : (await import('../../prompts.ts')).createPrompts(env);
  if (prompts !== undefined || dryRun === true) return prompts;
  const { publish, version } = choices;
  const base = version.kind === 'tags' ? 'the release tags' : version.file;
  throw new InvalidInputError(
    {
      field: '--yes',
      expected: 'a terminal to ask in, or --yes',
      hint: `--yes would publish ${publish.map(({ ecosystem, name }) => `${ecosystem}:${name}`).join(', ')}, with versions derived from ${base}. --dry-run shows every file; the flags of ameide-release init --help change what is proposed.`,
    },
    'init-needs-answers',
  );
}

/** Two definitions at the root: the other commands would not know which is meant. */
function refuseSecondDefinition(facts: RepositoryFacts, { form }: Choices): void {
  const own = definitionFile(facts, form);
  const other = ['ts', 'mts', 'js', 'mjs', 'json']
    .map((end) => `release.config.${end}`)
    .find((name) => name !== own && facts.paths.has(name));
  if (other === undefined) return;
  throw new InvalidInputError(
    {
      field: 'config',
      expected: `one definition: ${other} is there, and ${own} would be a second one`,
      hint: `Remove ${other}${other.endsWith('.json') ? ', or replace it: --data --force' : ''}.`,
    },
    'init-second-definition',
  );
}

/** Shows the files, and asks what may be written. */
async function decide(
  files: readonly RenderedFile[],
  { dryRun, force, json }: InitArguments,
  env: CliEnvironment,
  prompts: Prompts | undefined,
): Promise<readonly Decided[]> {
  const isShown = json !== true && (dryRun === true || prompts !== undefined);
  if (isShown)
    void env.stdout(
      `${filesText(files.filter(({ before, replaces }) => replaces || before === undefined))}\n`,
    );
  const decided: Decided[] = [];
  for (const file of files) decided.push({ file, action: await actionFor(file) });
  if (prompts !== undefined && dryRun !== true && decided.some(isNew)) {
    if (!(await prompts.yes('Write these files?', true))) throw new Cancelled();
  }
  return decided;

  async function actionFor({
    before,
    path,
    replaces,
    text,
  }: RenderedFile): Promise<InitFile['action']> {
    if (before === undefined) return 'created';
    if (before === text) return 'unchanged';
    if (!replaces) return 'kept';
    if (force === true) return 'replaced';
    if (dryRun === true) return 'kept';
    if (prompts === undefined) throw exists(path);
    return (await prompts.yes(`Replace ${path}, which is there already?`, false))
      ? 'replaced'
      : 'kept';
  }
}

function exists(path: string): InvalidInputError {
  return new InvalidInputError(
    {
      field: '--force',
      received: path,
      expected: 'no file there yet, or --force',
      hint: `Nothing was written. --dry-run --force shows what would change in ${path}.`,
    },
    'init-file-exists',
  );
}

type Argv = readonly [string, ...string[]];

async function wantsInstall(
  commands: readonly Argv[],
  args: InitArguments,
  prompts: Prompts | undefined,
): Promise<boolean> {
  if (args.install === true || prompts === undefined) return args.install === true;
  return prompts.yes(`Run ${commands.map(shellWords).join(' and ')}?`, true);
}

/** `init` leaves out what cannot be read; `doctor` reports it. */
function unread({ problems }: RepositoryFacts): readonly string[] {
  return problems.map(({ message, path }) => `Left out: ${path} cannot be read (${message}).`);
}
