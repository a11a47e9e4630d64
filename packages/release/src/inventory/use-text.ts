import { short, shortSha } from '../cli/table.ts';
import type { InventoryUse } from './inventory-report.ts';

/** `0.1.0`, `dev → sha256:0123…`, `^0.1.0`. */
export function versionText({ resolved, state, version }: InventoryUse): string {
  const written = short(version) || (state === 'workspace' ? '' : '-');
  return resolved === undefined || resolved === version
    ? written
    : `${written} → ${short(resolved)}`;
}

/** The commit, or why it is not known. */
export function commitText({ sha, state }: InventoryUse): string {
  return state === 'known' || state === 'workspace' ? shortSha(sha) : WHY[state];
}

const WHY: Readonly<Record<Exclude<InventoryUse['state'], 'known' | 'workspace'>, string>> = {
  'not-published': 'not published',
  'no-commit': 'no commit there',
  'no-answer': 'no answer',
  conflict: 'two commits',
  'not-locked': 'not locked',
  elsewhere: 'not from a registry',
};

/** How many commits of HEAD it lacks. */
export function ageText({ age, sha }: InventoryUse): string {
  if (age === undefined) return sha === undefined ? '' : 'not in this clone';
  return `${age} ${age === 1 ? 'commit' : 'commits'}`;
}

export function markText({ marks, state }: InventoryUse): string {
  return [...(state === 'workspace' ? ['workspace'] : []), ...marks].join(', ');
}

/** `npm:@acme/sdk` */
export function artifactText({ ecosystem, isDirect, name }: InventoryUse): string {
  return `${ecosystem}:${name}${isDirect ? '' : ' (indirect)'}`;
}
