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
    ...(version === undefined ? [] : markNotes(artifacts, version)),
    ...(version === undefined && to !== undefined && wish.later.size === 0
      ? nothingAbove(lists, artifacts, to)
      : []),
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

/** A run of the release that is started again moves pointers back to it, unless a registry shows its mark. */
function markNotes(artifacts: readonly ArtifactWithdrawal[], version: string): readonly string[] {
  const concerned = artifacts.filter(({ versions }) => versions.length > 0);
  const has = (...ecosystems: readonly string[]): boolean =>
    concerned.some(({ ecosystem }) => ecosystems.includes(ecosystem));
  const isWaiting = concerned.some(({ actions }) => actions.some(({ by }) => by === 'person'));
  if (concerned.length === 0 || has('npm')) return [];
  const again = `a run of ${version} that is started again moves pointers back to it`;
  if (!has('pypi', 'go'))
    return [`No registry shows that ${version} is withdrawn, so ${again}: delete its tag.`];
  return isWaiting ? [`Until a person has done the rest, ${again}.`] : [];
}
