import { formatCoordinate, type ListedVersion } from '@ameide/versioning-core';
import { clientChoice, compareVersions } from '@ameide/versioning-core/clients';
import { shellWord } from '../report/shell-word.ts';
import type { Listed, Wish } from './decide.ts';
import { messageFor } from './message.ts';
import type { WithdrawalAction } from './withdrawal-report.ts';

/**
 * How people retract versions of a Go module: a `retract` line in the go.mod of its highest version. Above the
 * releases of this repository that has to be a version of its own, which retracts itself, too
 * (https://go.dev/ref/mod#go-mod-file-retract).
 */
export function retraction(
  { run: { plan, publisher }, versions }: Listed,
  selected: readonly ListedVersion[],
  wish: Wish,
): readonly WithdrawalAction[] {
  const left = selected.filter(({ isWithdrawn }) => isWithdrawn !== true);
  const [highest] = left;
  const [member] = publisher.members;
  if (highest === undefined || member === undefined) return [];
  const message = wish.message ?? messageFor(member, undefined, wish);
  const subject = formatCoordinate(highest.coordinate);
  const common = { kind: 'retract', subject, message, by: 'person', isReversible: false } as const;
  const undo = 'Release a higher version without the line; a published version stays.';
  const now = clientChoice(member, { pointers: [], versions }).version;
  const isAbove = now !== undefined && compareVersions('go', highest.coordinate.version, now) >= 0;
  if (wish.version !== undefined)
    return [
      {
        ...common,
        how: `Add this line to the module's go.mod and release a higher version: retract ${highest.coordinate.version} // ${message}`,
        undo,
      },
    ];
  if (!isAbove) return [];
  const next = nextPatch(highest.coordinate.version);
  const lowest = left.at(-1)?.coordinate.version ?? '';
  const range = `[${lowest}, ${next}]`;
  return [
    {
      ...common,
      how: [
        `In a clone of ${plan.registry}, at ${highest.coordinate.version}:`,
        `go mod edit -retract='${range}'`,
        `git commit --all --message ${shellWord(`Retract ${range}: ${message}`)}`,
        `git tag ${next} && git push origin ${next}`,
      ].join('\n'),
      undo,
    },
  ];
}

function nextPatch(version: string): string {
  const [, start = '', patch = '0'] = /^(v\d+\.\d+\.)(\d+)/.exec(version) ?? [];
  return `${start}${BigInt(patch) + 1n}`;
}
