import type { Edit } from '@ameide/source-files/text';
import { diffLines } from 'diff';

/** The edits that make one text of another, whole lines each. */
export function editsBetween(before: string, after: string): readonly Edit[] {
  let at = 0;
  return diffLines(before, after).flatMap(({ added, removed, value }): Edit[] => {
    const start = at;
    if (!added) at += value.length;
    if (added) return [{ start, end: start, text: value }];
    return removed ? [{ start, end: at, text: '' }] : [];
  });
}
