import type { InventoryUse } from '../inventory/inventory-report.ts';
import { short, shortSha } from './table.ts';

/** `0.1.0`, `dev → sha256:0123…`, `^0.1.0`. */
export function versionCell({ resolved, state, version }: InventoryUse): string {
  const written = short(version) || (state === 'workspace' ? '' : '-');
  return resolved === undefined || resolved === version
    ? written
    : `${written} → ${short(resolved)}`;
}

/** The commit, or why it is not known. */
export function commitCell({ sha, state }: InventoryUse): string {
  return state === 'known' || state === 'workspace' ? shortSha(sha) : WHY[state];
}

const WHY: Readonly<Record<Exclude<InventoryUse['state'], 'known' | 'workspace'>, string>> = {
  'not-published': 'not published',
  'no-commit': 'no commit there',
  'no-answer': 'no answer',
  'not-locked': 'not locked',
  elsewhere: 'not from a registry',
};

/** How many commits of HEAD it lacks. */
export function ageCell({ age, sha }: InventoryUse): string {
  if (age === undefined) return sha === undefined ? '' : 'not in this clone';
  if (age === 0) return 'HEAD';
  return `${age} ${age === 1 ? 'commit' : 'commits'}`;
}

export function markCell({ deprecated, marks, state }: InventoryUse): string {
  return [
    ...(state === 'workspace' ? ['workspace'] : []),
    ...marks,
    ...(deprecated === undefined ? [] : ['deprecated']),
  ].join(', ');
}

/** `npm:@acme/sdk` */
export function artifactCell({ ecosystem, isDirect, name }: InventoryUse): string {
  return `${ecosystem}:${name}${isDirect ? '' : ' (indirect)'}`;
}
