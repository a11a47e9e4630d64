import {
  actionName,
  type ShellCommand,
  type ShellWord,
  textAt,
} from '@ameide/source-files/workflows';
import { callOf, isComputed, type PackageManagerCall, packageManagerCall } from './calls.ts';
import { directoriesOf, normal } from './directories.ts';
import type { JobFacts, Script, WorkflowFacts } from './facts.ts';
import { changesManifests } from './manifest-changes.ts';
import { unseenIn } from './unseen.ts';

/** A command that installs the dependencies of a workspace. */
export interface InstallCommand {
  readonly script: Script;
  readonly manager: PackageManagerCall;
  readonly words: readonly ShellWord[];
  /** Also by the flags of the package manager; undefined if a variable says so. */
  readonly directory: string | undefined;
  /** True if it certainly installs what is committed, in every job that runs it. */
  readonly isOfCommit: boolean;
}

const INSTALL = /^(?:install|i|in)$/;

/**
 * Those of all scripts, but not those of jobs that make a new lockfile and commit it, and not those that run
 * after a change of a manifest: the committed lockfile does not fit there.
 */
export function installCommands(facts: WorkflowFacts): readonly InstallCommand[] {
  const excused = new Set(facts.jobs.filter(commits).flatMap(({ scripts }) => scripts));
  const { afterChange, ofCommit } = orderOf(facts);
  return facts.scripts
    .filter((script) => !excused.has(script))
    .flatMap((script) => {
      const directories = directoriesOf(script);
      return script.commands.flatMap((command) => {
        const call = callOf(command);
        const manager = call === undefined ? undefined : packageManagerCall(call);
        if (manager === undefined || !INSTALL.test(manager.command?.value ?? 'install')) return [];
        if (afterChange.has(command)) return [];
        return {
          script,
          manager,
          words: command.words,
          directory: folderOf(directories.get(command), manager),
          isOfCommit: ofCommit.has(script),
        };
      });
    });
}

function folderOf(
  directory: string | undefined,
  { directory: flag }: PackageManagerCall,
): string | undefined {
  if (flag === undefined || directory === undefined) return directory;
  return isComputed(flag) || /^[~/]/.test(flag)
    ? undefined
    : normal(directory === '' ? flag : `${directory}/${flag}`);
}

interface Order {
  /** Commands that run after a change of a manifest. */
  readonly afterChange: ReadonlySet<ShellCommand>;
  /** Scripts of jobs of which everything is known, and of no other job. */
  readonly ofCommit: ReadonlySet<Script>;
}

function orderOf({ jobs }: WorkflowFacts): Order {
  const afterChange = new Set<ShellCommand>();
  const [known, unknown] = [new Set<Script>(), new Set<Script>()];
  for (const job of jobs) {
    const isKnown = unseenIn(job) === undefined && !job.steps.some(isOtherCheckout);
    for (const script of job.scripts) (isKnown ? known : unknown).add(script);
    let isChanged = false;
    for (const { step } of job.steps) {
      const scripts = job.reachedBy(step);
      const changing = scripts.filter(({ commands }) => commands.some(changesManifests));
      for (const script of scripts) {
        // When one script calls another, and what was before, is not looked at.
        let isAfter = isChanged || changing.some((one) => one !== script);
        for (const command of script.commands) {
          if (isAfter) afterChange.add(command);
          isAfter ||= changesManifests(command);
        }
      }
      isChanged ||= changing.length > 0;
    }
  }
  return { afterChange, ofCommit: new Set([...known].filter((one) => !unknown.has(one))) };
}

function isOtherCheckout({ step }: JobFacts['steps'][number]): boolean {
  return (
    actionName(step.uses?.text ?? '') === 'actions/checkout' &&
    textAt(step.with, 'repository') !== undefined
  );
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
