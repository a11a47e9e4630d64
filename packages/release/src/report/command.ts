/** The commands that report a whole release. */
export type ReleaseCommand = 'plan' | 'build' | 'publish' | 'promote';

/** True for the commands that send something to registries. */
export function writes(command: ReleaseCommand): boolean {
  return command === 'publish' || command === 'promote';
}
