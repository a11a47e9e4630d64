import { formatCoordinate, type ListedVersion } from '@ameide/versioning-core';
import { clientChoice, compareVersions } from '@ameide/versioning-core/clients';
import { shellWord } from '../report/shell-word.ts';
import { versionFacts } from '../run/version-facts.ts';
import type { Listed, Wish } from './decide.ts';
import { messageFor } from './message.ts';
import type { WithdrawalAction } from './withdrawal-report.ts';

/** How people retract versions, and whether the next release of this repository carries it. */
export interface Retraction {
  readonly actions: readonly WithdrawalAction[];
  readonly needsRelease: boolean;
}

const NONE: Retraction = { actions: [], needsRelease: false };
const UNDO = 'Release a higher version without the line; a published version stays.';

/**
 * How people retract versions of a Go module: a `retract` line in the go.mod of its highest version. Above the
 * releases of this repository that has to be a version of its own, which retracts itself, too
 * (https://go.dev/ref/mod#go-mod-file-retract).
 */
export function retraction(
  listed: Listed,
  selected: readonly ListedVersion[],
  wish: Wish,
): Retraction {
  const [member] = listed.run.publisher.members;
  const left = selected.filter((one) => one.isWithdrawn !== true && !isIncompatible(one));
  const [highest] = left;
  if (highest === undefined || member === undefined) return NONE;
  const message = wish.message ?? messageFor(member, undefined, wish);
  const subject = formatCoordinate(highest.coordinate);
  const common = { kind: 'retract', subject, message, by: 'person', isReversible: false } as const;
  if (wish.version !== undefined && isCarriedByNext(listed, wish)) {
    const line = `retract ${highest.coordinate.version} // ${message}`;
    const how = `Add this line to the module's go.mod and release a higher version: ${line}`;
    return { actions: [{ ...common, how, undo: UNDO }], needsRelease: true };
  }
  const { version: now } = clientChoice(member, listed);
  // Nobody gets a prerelease, or what is below another release.
  const isInstalled = selected.some(({ coordinate }) => coordinate.version === now);
  if (wish.version === undefined && !isInstalled) return NONE;
  const how = commands(listed, left, { message, modulePath: member.name });
  return { actions: [{ ...common, how, undo: UNDO }], needsRelease: false };
}

/** Of a time before modules: a higher version that has a go.mod ends it. */
export function isIncompatible({ coordinate }: ListedVersion): boolean {
  return coordinate.version.endsWith('+incompatible');
}

/** False where `go` reads retractions from a version above this repository's releases. */
function isCarriedByNext({ isPartial, retracting, versions }: Listed, wish: Wish): boolean {
  if (retracting === undefined) return true;
  const found = versions.find(({ coordinate }) => coordinate.version === retracting.version);
  const { tagged } = versionFacts(found?.coordinate ?? { ...NOTHING, version: retracting.version });
  // A mirror names the commit of what this repository released; in its own repository, a module has tags of any tool.
  return isPartial === true
    ? tagged !== undefined && wish.tagged.has(tagged)
    : found?.sha !== undefined;
}

const NOTHING = { ecosystem: 'go', name: '' } as const;

/** The commands that publish a version which retracts others, and itself. */
function commands(
  { retracting, run: { plan }, versions }: Listed,
  left: readonly ListedVersion[],
  { message, modulePath }: { readonly message: string; readonly modulePath: string },
): string {
  const all = versions
    .filter((one) => !isIncompatible(one))
    .map(({ coordinate }) => coordinate.version)
    .toSorted((a, b) => compareVersions('go', b, a));
  const next = nextAbove(all[0] ?? '');
  const { folder = '', lacksGoMod, tag = all[0] ?? '', version = tag } = retracting ?? {};
  const prefix = tag.slice(0, tag.length - version.length);
  const file = shellWord(folder === '' ? 'go.mod' : `${folder}/go.mod`);
  // One by one: a range would also retract what this repository releases later.
  const names = [...left.map(({ coordinate }) => coordinate.version).toReversed(), next];
  const flags = names.map((name) => `-retract=${name}`).join(' ');
  const shown = names.length <= 3 ? names.join(', ') : `${names.length} versions up to ${next}`;
  const subject = shellWord(`Retract ${shown}: ${message}`);
  return [
    `In a clone of ${plan.registry}, at ${tag}:`,
    ...(lacksGoMod === true ? [`go mod init ${modulePath}`] : []),
    `go mod edit ${flags} ${file}`,
    `git add ${file} && git commit --message ${subject}`,
    `git tag ${prefix}${next} && git push origin ${prefix}${next}`,
  ].join('\n');
}

/** The lowest release above a version, also above a prerelease. */
function nextAbove(version: string): string {
  const [, start = '', patch = '0', prerelease] = /^(v\d+\.\d+\.)(\d+)(-.*)?$/.exec(version) ?? [];
  return `${start}${prerelease === undefined ? BigInt(patch) + 1n : patch}`;
}
