/** The commands that report a whole release. */
export type ReleaseCommand = 'plan' | 'build' | 'publish --dry-run' | 'publish' | 'promote';

/** True for the commands that send something to registries. */
export function writes(command: ReleaseCommand): boolean {
  return command === 'publish' || command === 'promote';
}

/**
 * True for the commands whose exit code says whether this commit may be published from here. The others
 * show what would be published from where that is allowed.
 */
export function obeysPolicy(command: ReleaseCommand): boolean {
  return command !== 'plan' && command !== 'build';
}
