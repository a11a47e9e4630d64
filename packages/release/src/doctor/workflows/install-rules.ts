import type { Edit } from '@ameide/source-files/text';
import type { ShellWord } from '@ameide/source-files/workflows';
import { folderOf, pathIn } from '@ameide/versioning-core';
import type { Rule } from '../finding.ts';
import type { PackageManagerCall } from './calls.ts';
import type { Script, WorkflowFacts } from './facts.ts';
import { type Hit, hitAt, workflowRule } from './report.ts';
import { type InstallCommand, installCommands } from './workspace-changes.ts';

const FROZEN = 'pnpm install --frozen-lockfile';
const FILTER = /^(?:--filter|--filter-prod|-F)(?:=|$)/;

export const installFilter: Rule<WorkflowFacts> = workflowRule(
  {
    name: 'install-filter',
    title: 'CI installs the whole workspace from its lockfile.',
    why: 'With a filter, what is published is built beside dependencies that nobody installed, and a lockfile that no longer fits stays unnoticed until somebody else installs.',
  },
  (facts) =>
    installCommands(facts).flatMap((install) => {
      const { manager, script } = install;
      const filters = manager.flags.filter(({ value }) => FILTER.test(value));
      const [first] = filters;
      if (manager.manager !== 'pnpm' || first === undefined) return [];
      const lockfile = lockfileOf(install, facts);
      const edits = lockfile === undefined ? undefined : filterEdits(install);
      return hitAt(script, first, {
        message: `pnpm installs only a part of the workspace here (${filters.length === 1 ? 'a filter' : `${filters.length} filters`}).`,
        hint:
          lockfile === undefined && install.directory !== undefined
            ? `Write \`pnpm install\`, at the root of the workspace; with a committed pnpm-lock.yaml, \`${FROZEN}\`.`
            : `Write \`${FROZEN}\`, at the root of the workspace.`,
        ...(edits === undefined ? {} : { edits }),
      });
    }),
);

/** Takes out each filter with the space before it, and asks for the lockfile. */
function filterEdits({
  isOfCommit,
  manager: { command, flags },
  script,
  words,
}: InstallCommand): readonly Edit[] | undefined {
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
  return isOfCommit && isAsWritten(script, words) ? [...removed, ...added] : undefined;
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
    installCommands(facts).flatMap((one) => [...looseFlags(one, facts), ...npmInstall(one, facts)]),
);

const LOCKFILES: Readonly<Record<PackageManagerCall['manager'], readonly string[]>> = {
  npm: ['package-lock.json', 'npm-shrinkwrap.json'],
  pnpm: ['pnpm-lock.yaml'],
  yarn: ['yarn.lock'],
  bun: ['bun.lock', 'bun.lockb'],
};

/** The lockfile that an install uses; undefined if there is none, or a variable says where it is. */
function lockfileOf(
  { directory, manager: { flags, manager } }: InstallCommand,
  { files }: WorkflowFacts,
): string | undefined {
  if (directory === undefined || directory.startsWith('..')) return undefined;
  // npm does not look for one above, unless a workspace says so.
  const isAlone =
    manager === 'npm' || flags.some(({ value }) => value.startsWith('--ignore-workspace'));
  for (let folder = directory; ; folder = folderOf(folder)) {
    const found = LOCKFILES[manager]
      .map((name) => pathIn(folder, name))
      .find((one) => files.has(one));
    if (found !== undefined || isAlone || folder === '') return found;
  }
}

function looseFlags(install: InstallCommand, facts: WorkflowFacts): readonly Hit[] {
  const { directory, isOfCommit, manager, script, words } = install;
  const lockfile = lockfileOf(install, facts);
  // Without a lockfile, there is nothing that an install could be held to.
  if (manager.manager === 'npm' || (lockfile === undefined && directory !== undefined)) return [];
  return manager.flags.flatMap((flag) => {
    const instead = Object.hasOwn(LOOSE, flag.value) ? LOOSE[flag.value] : undefined;
    if (instead === undefined) return [];
    const isSafe = isOfCommit && lockfile !== undefined && isAsWritten(script, words);
    return hitAt(script, flag, {
      message: `${manager.manager} may change the lockfile here: \`${flag.value}\`.`,
      hint: `Write \`${instead}\`, and commit the ${lockfile ?? 'lockfile'} that belongs to the manifests.`,
      ...(isSafe ? { edits: [edit(script, flag.start, flag.end, instead)] } : {}),
    });
  });
}

/** `npm ci` needs a lockfile, so without one there is nothing to say. */
function npmInstall(install: InstallCommand, facts: WorkflowFacts): readonly Hit[] {
  const { isOfCommit, manager, script, words } = install;
  const { command, flags, operands } = manager;
  const isGlobal = flags.some(({ value }) =>
    /^(?:-g|--global|--location=global|--package-lock-only|--no-package-lock)$/.test(value),
  );
  if (manager.manager !== 'npm' || command === undefined || operands.length > 0 || isGlobal)
    return [];
  const lockfile = lockfileOf(install, facts);
  if (lockfile === undefined) return [];
  return [
    hitAt(script, command, {
      message: `\`npm ${command.value}\` may install other versions than ${lockfile} says.`,
      hint: 'Write `npm ci`.',
      ...(isOfCommit && isAsWritten(script, words)
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
