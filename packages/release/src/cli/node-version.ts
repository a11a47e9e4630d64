/** The oldest Node that the packages run on: `engines` of every package. */
const OLDEST = '22.22.2';

/**
 * Returns why this Node cannot run the command, or undefined if it can. Without this check an older
 * Node fails later, with an unrelated error.
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
