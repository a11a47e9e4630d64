import type { ListedRun } from '../run/version-lists.ts';
import type { Wish } from './decide.ts';
import { withoutReplacement } from './problems.ts';
import type { ArtifactWithdrawal } from './withdrawal-report.ts';

/** What people should know besides the actions. */
export function withdrawalNotes(
  lists: readonly ListedRun[],
  artifacts: readonly ArtifactWithdrawal[],
  wish: Wish,
): readonly string[] {
  const { to, version } = wish;
  const unlisted = lists.filter(
    ({ list, problems }) => list === undefined && problems.length === 0,
  );
  const absent = withoutReplacement(artifacts);
  return [
    ...unlisted.map(({ run }) => `${run.id} is not shown: its publisher cannot list versions.`),
    ...(absent.length === 0 || to === undefined
      ? []
      : [
          `${to} is not published yet as ${absent.map(({ publisher }) => publisher).join(', ')}: publish it before --yes.`,
        ]),
    ...artifacts.flatMap(({ kept }) => kept),
    ...(version === undefined && to !== undefined ? nothingAbove(lists, artifacts, to) : []),
  ];
}

/** A registry that did not answer may have such a version. */
function nothingAbove(
  lists: readonly ListedRun[],
  artifacts: readonly ArtifactWithdrawal[],
  to: string,
): readonly string[] {
  const isKnown = lists.every(({ list }) => list !== undefined);
  return isKnown && artifacts.every(({ versions }) => versions.length === 0)
    ? [`No registry has a version above ${to}.`]
    : [];
}
