import type { RefResult } from './remote.ts';

const LINE = /^([ *=+!-])\t[^\t]*:(refs\/[^\t]+)\t(.*)$/;

const REASONS: readonly (readonly [RegExp, NonNullable<RefResult['reason']>])[] = [
  [/atomic push fail/, 'atomic'],
  [/stale info/, 'stale'],
  [/already exists|would clobber existing tag/, 'exists'],
  [/non-fast-forward|fetch first|needs force/, 'not-forward'],
];

/**
 * Reads the output of `git push --porcelain` (git-push(1), "OUTPUT"):
 * `<flag>\t<from>:<to>\t<summary> (<reason>)`. Returns the result of each ref that it mentions.
 */
export function parsePushReport(output: string): ReadonlyMap<string, RefResult> {
  const results = new Map<string, RefResult>();
  for (const line of output.split('\n')) {
    const [, flag, ref, detail] = LINE.exec(line) ?? [];
    if (ref === undefined || detail === undefined) continue;
    if (flag === '=') results.set(ref, { ref, outcome: 'already' });
    else if (flag !== '!') results.set(ref, { ref, outcome: 'ok' });
    // "[remote failure]": the connection ended before the host reported on this ref.
    else if (detail.startsWith('[remote failure]'))
      results.set(ref, { ref, outcome: 'unknown', detail });
    else
      results.set(ref, {
        ref,
        outcome: 'rejected',
        reason: REASONS.find(([pattern]) => pattern.test(detail))?.[1] ?? 'declined',
        detail,
      });
  }
  return results;
}
