import { codeSpan } from '../../report/markdown.ts';
import type { FoundRelease } from '../find-release.ts';
import type { ConsumeChange, PlannedFile } from '../planned-file.ts';

/** Marks the commits of consume: only a branch whose head has this line is changed. */
export const TRAILER = 'Ameide-Consume';

export interface ProposalText {
  readonly title: string;
  readonly body: string;
  /** Of the commit. */
  readonly message: string;
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
    message: `${title}\n\n${what}\n\n${TRAILER}: ${sha}`,
    body: [
      `${what} All that was published from it is on the registries.`,
      '',
      '| file | artifact | from | to |',
      '| --- | --- | --- | --- |',
      ...changes.map(row),
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
