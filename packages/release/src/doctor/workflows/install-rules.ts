import type { Edit } from '@ameide/source-files/text';
import type { ShellWord } from '@ameide/source-files/workflows';
import type { Rule } from '../finding.ts';
import type { PackageManagerCall } from './calls.ts';
import type { Script, WorkflowFacts } from './facts.ts';
import { type Hit, hitAt, workflowRule } from './report.ts';
import { installCommands } from './workspace-changes.ts';

const FROZEN = 'pnpm install --frozen-lockfile';
const FILTER = /^(?:--filter|--filter-prod|-F)(?:=|$)/;

export const installFilter: Rule<WorkflowFacts> = workflowRule(
  {
    name: 'install-filter',
    title: 'CI installs the whole workspace from its lockfile.',
    why: 'With a filter, what is published is built beside dependencies that nobody installed, and a lockfile that no longer fits stays unnoticed until somebody else installs.',
  },
  (facts) =>
    installCommands(facts).flatMap(({ manager, script, words }) => {
      const filters = manager.flags.filter(({ value }) => FILTER.test(value));
      const [first] = filters;
      if (manager.manager !== 'pnpm' || first === undefined) return [];
      const edits = filterEdits(script, words, manager);
      return hitAt(script, first, {
        message: `pnpm installs only a part of the workspace here (${filters.length === 1 ? 'a filter' : `${filters.length} filters`}).`,
        hint: `Write \`${FROZEN}\`, at the root of the workspace.`,
        ...(edits === undefined ? {} : { edits }),
      });
    }),
);

/** Takes out each filter with the space before it, and asks for the lockfile. */
function filterEdits(
  script: Script,
  words: readonly ShellWord[],
  { command, flags }: PackageManagerCall,
): readonly Edit[] | undefined {
  const removed = words.flatMap((word, index) => {
    if (!FILTER.test(word.value)) return [];
    const last = word.value.includes('=') ? word : words[index + 1];
    const before = words[index - 1];
    return before === undefined || last === undefined
      ? []
      : [edit(script, before.end, last.end, '')];
  });
  const isFrozen = flags.some(({ value }) => value === '--frozen-lockfile');
  const added =
    isFrozen || command === undefined
      ? []
      : [edit(script, command.end, command.end, ' --frozen-lockfile')];
  return isAsWritten(script, words) ? [...removed, ...added] : undefined;
}

const LOOSE: Readonly<Record<string, string>> = {
  '--no-frozen-lockfile': '--frozen-lockfile',
  '--frozen-lockfile=false': '--frozen-lockfile',
  '--fix-lockfile': '--frozen-lockfile',
  '--no-immutable': '--immutable',
  '--immutable=false': '--immutable',
};

export const installLockfile: Rule<WorkflowFacts> = workflowRule(
  {
    name: 'install-lockfile',
    title: 'CI installs exactly what the lockfile says.',
    why: 'Otherwise a run installs, tests and publishes with versions that nobody reviewed and that the next run may not get again.',
  },
  (facts) =>
    installCommands(facts).flatMap(({ directory, manager, script, words }) => [
      ...looseFlags(script, manager, words),
      ...npmInstall(script, { directory, manager, words }, facts),
    ]),
);

function looseFlags(
  script: Script,
  { flags, manager }: PackageManagerCall,
  words: readonly ShellWord[],
): readonly Hit[] {
  return flags.flatMap((flag) => {
    const instead = Object.hasOwn(LOOSE, flag.value) ? LOOSE[flag.value] : undefined;
    if (instead === undefined || manager === 'npm') return [];
    return hitAt(script, flag, {
      message: `${manager} may change the lockfile here: \`${flag.value}\`.`,
      hint: `Write \`${instead}\`, and commit the lockfile that belongs to the manifests.`,
      ...(isAsWritten(script, words)
        ? { edits: [edit(script, flag.start, flag.end, instead)] }
        : {}),
    });
  });
}

/** `npm ci` needs a lockfile, so without one there is nothing to say. */
function npmInstall(
  script: Script,
  {
    directory,
    manager,
    words,
  }: {
    readonly directory: string | undefined;
    readonly manager: PackageManagerCall;
    readonly words: readonly ShellWord[];
  },
  { files }: WorkflowFacts,
): readonly Hit[] {
  const { command, flags, operands } = manager;
  const isGlobal = flags.some(({ value }) =>
    /^(?:-g|--global|--location=global|--package-lock-only|--no-package-lock)$/.test(value),
  );
  if (manager.manager !== 'npm' || command === undefined || operands.length > 0 || isGlobal)
    return [];
  if (!/^(?:install|i|in)$/.test(command.value) || directory === undefined) return [];
  const folder = [directory, manager.directory]
    .filter((one) => one !== undefined && one !== '')
    .join('/');
  const lockfile = ['package-lock.json', 'npm-shrinkwrap.json']
    .map((name) => (folder === '' ? name : `${folder}/${name}`))
    .find((path) => files.has(path));
  if (lockfile === undefined) return [];
  return [
    hitAt(script, command, {
      message: `\`npm ${command.value}\` may install other versions than ${lockfile} says.`,
      hint: 'Write `npm ci`.',
      ...(isAsWritten(script, words)
        ? { edits: [edit(script, command.start, command.end, 'ci')] }
        : {}),
    }),
  ];
}

function edit({ source }: Script, start: number, end: number, text: string): Edit {
  return { start: source.offsetOf(start), end: endOffset(source, end), text };
}

/** Behind the last character before an index: what follows it may be on another line of the file. */
function endOffset({ offsetOf }: Script['source'], end: number): number {
  return end === 0 ? offsetOf(0) : offsetOf(end - 1) + 1;
}

/** False where quotes or escapes of the file come between: an edit could hit the wrong characters. */
function isAsWritten({ source, text }: Script, words: readonly ShellWord[]): boolean {
  return words.every(
    ({ end, start, text: word }) =>
      text.slice(source.offsetOf(start), endOffset(source, end)) === word,
  );
}
