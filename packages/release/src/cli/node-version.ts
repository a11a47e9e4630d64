/** The oldest Node that the packages run on: `engines` of every package. */
const OLDEST = '22.22.2';

/**
 * Why this Node cannot run the command, in words for people; undefined when it can. An older one
 * fails in the middle of something else.
 */
export function nodeTooOld(version: string): string | undefined {
  const [oldest, own] = [numbers(OLDEST), numbers(version)];
  const index = own.findIndex((part, at) => part !== oldest[at]);
  if (index === -1 || (own[index] ?? 0) > (oldest[index] ?? 0)) return undefined;
  return `ameide-release needs Node ${OLDEST} or newer, and this is Node ${version}. Nothing was sent.`;
}

function numbers(version: string): readonly number[] {
  return version.split('.').map(Number);
}
