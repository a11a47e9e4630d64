import type { ContentsReport } from '../report/contents.ts';

/** `2 added, 1 changed, 5 unchanged` */
export function differenceWords({ change, files }: ContentsReport): string {
  const all = `${files.length} ${files.length === 1 ? 'file' : 'files'}`;
  const counts = (['added', 'removed', 'changed', 'unchanged'] as const).flatMap((kind) => {
    const count = files.filter((file) => file.change === kind).length;
    return count === 0 ? [] : [`${count} ${kind}`];
  });
  const isSame = files.every((file) => file.change === 'unchanged');
  return {
    new: `no published version to compare with: ${all}`,
    identical: `byte-identical: ${all}`,
    'same-files': `no file changed, only the bytes around them: ${all}`,
    changed: isSame ? `no file changed, only the manifest: ${all}` : counts.join(', '),
    removed: `published, but not built this time: ${all}`,
    'not-compared': `not compared: ${all}`,
  }[change];
}

/** Parts of one artifact with the same files, as the images of several platforms are. */
export interface AlikeContents {
  readonly first: ContentsReport;
  readonly others: readonly ContentsReport[];
}

/** Groups what would be shown in the same words. */
export function alikeContents(contents: readonly ContentsReport[]): readonly AlikeContents[] {
  const groups = Map.groupBy(contents, ({ change, files, publisher }) =>
    JSON.stringify([publisher, change, files]),
  );
  return [...groups.values()].flatMap(([first, ...others]) =>
    first === undefined ? [] : [{ first, others }],
  );
}
