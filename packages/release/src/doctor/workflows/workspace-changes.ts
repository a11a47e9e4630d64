import { actionName, type ShellWord } from '@ameide/source-files/workflows';
import { callOf, type PackageManagerCall, packageManagerCall } from './calls.ts';
import { directoriesOf } from './directories.ts';
import type { JobFacts, Script, WorkflowFacts } from './facts.ts';

/** A command that installs the dependencies of a workspace. */
export interface InstallCommand {
  readonly script: Script;
  readonly manager: PackageManagerCall;
  readonly words: readonly ShellWord[];
  readonly directory: string | undefined;
}

const INSTALL = /^(?:install|i|in)$/;

/** Those of all scripts, but not those of jobs that make a new lockfile and commit it. */
export function installCommands(facts: WorkflowFacts): readonly InstallCommand[] {
  const excused = new Set(facts.jobs.filter(commits).flatMap(({ scripts }) => scripts));
  return facts.scripts
    .filter((script) => !excused.has(script))
    .flatMap((script) => {
      const directories = directoriesOf(script);
      return script.commands.flatMap((command) => {
        const call = callOf(command);
        const manager = call === undefined ? undefined : packageManagerCall(call);
        if (manager === undefined || !INSTALL.test(manager.command?.value ?? 'install')) return [];
        return { script, manager, words: command.words, directory: directories.get(command) };
      });
    });
}

const COMMITTERS = new Set([
  'peter-evans/create-pull-request',
  'changesets/action',
  'stefanzweifel/git-auto-commit-action',
  'endbug/add-and-commit',
  'autofix-ci/action',
]);

/** True for a job that commits what it changes. */
function commits({ scripts, steps }: JobFacts): boolean {
  const byAction = steps.some(({ step }) => COMMITTERS.has(actionName(step.uses?.text ?? '')));
  return (
    byAction ||
    scripts.some(({ commands }) =>
      commands.some((command) => {
        const call = callOf(command);
        return call?.program === 'git' && call.args.some(({ value }) => value === 'commit');
      }),
    )
  );
}
