import { codeSpan } from '../../report/markdown.ts';
import type { FoundRelease } from '../find-release.ts';
import type { ConsumeChange, PlannedFile } from '../planned-file.ts';
import type { Commit } from './answers.ts';

/** Marks the commits of consume, with what they were when it made them. */
const TRAILER = 'Ameide-Consume';

export interface ProposalText {
  readonly title: string;
  readonly body: string;
  /** Of the commit, without its last line. */
  readonly message: string;
}

export interface CommitIdentity {
  readonly tree: string;
  readonly parent: string;
}

export function commitMessage({ message }: ProposalText, { parent, tree }: CommitIdentity): string {
  return `${message}\n\n${TRAILER}: tree ${tree} parent ${parent}`;
}

/** A message that only consume writes: a person who changes the commit need not change its last line. */
const OWN_MESSAGE = new RegExp(
  `^Consume \\S+\\n\\nThe (?:release|dev build) \\S+ of commit [0-9a-f]+\\.\\n\\n${TRAILER}: tree ([0-9a-f]+) parent ([0-9a-f]+)\\n?$`,
);

/** True for a commit that is as consume made it: nobody has amended, moved or reworded it. */
export function isOwnCommit({ message, parents, tree }: Commit): boolean {
  const [, ownTree, ownParent] = OWN_MESSAGE.exec(message) ?? [];
  return ownTree === tree && parents.length === 1 && parents[0] === ownParent;
}

/** What a pull request says. Two runs for the same changes say the same. */
export function proposalText(
  { kind, sha, version }: FoundRelease,
  files: readonly PlannedFile[],
): ProposalText {
  const title = `Consume ${version}`;
  const what = `${kind === 'dev' ? 'The dev build' : 'The release'} ${version} of commit ${sha}.`;
  const changes = files.flatMap((file) => file.changes);
  const renewed = files.filter((file) => file.changes.length === 0).map(({ path }) => path);
  return {
    title,
    message: `${title}\n\n${what}`,
    body: [
      `${what} All that was published from it is on the registries.`,
      ...(changes.length === 0
        ? []
        : [
            '',
            '| file | artifact | from | to |',
            '| --- | --- | --- | --- |',
            ...changes.map(row),
          ]),
      ...(renewed.length === 0
        ? []
        : ['', `Renewed by their tools: ${renewed.map(codeSpan).join(', ')}.`]),
      '',
      'This branch is rewritten by the next run of `ameide-release consume --pull-request`, unless somebody else commits to it.',
    ].join('\n'),
  };
}

function row({ from, line, name, path, to }: ConsumeChange): string {
  const cells = [`${path}:${line}`, name, from, to];
  return `| ${cells.map(codeSpan).join(' | ')} |`;
}
