import type { ContentsReport } from '../report/contents.ts';

/** `2 added, 1 changed, 5 unchanged` */
export function differenceWords({ change, files }: ContentsReport): string {
  const all = `${files.length} ${files.length === 1 ? 'file' : 'files'}`;
  const counts = (['added', 'removed', 'changed', 'unchanged'] as const).flatMap((kind) => {
    const count = files.filter((file) => file.change === kind).length;
    return count === 0 ? [] : [`${count} ${kind}`];
  });
  return {
    new: `no published version to compare with: ${all}`,
    identical: `byte-identical: ${all}`,
    'same-files': `the same files, in an archive with other bytes: ${all}`,
    changed: counts.join(', '),
    removed: `published, but not built this time: ${all}`,
    'not-compared': `not compared: ${all}`,
  }[change];
}
