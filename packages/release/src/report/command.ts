/** The commands that report a whole release. */
export type ReleaseCommand = 'plan' | 'build' | 'publish --dry-run' | 'publish' | 'promote';

/** True for the commands that send something to registries. */
export function writes(command: ReleaseCommand): boolean {
  return command === 'publish' || command === 'promote';
}
