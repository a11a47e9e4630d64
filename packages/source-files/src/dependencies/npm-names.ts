/** Of `npm:name@range` and `workspace:name@range` the package that is installed, else the key. */
export function realName(key: string, requirement: string): string {
  return /^(?:npm|workspace):((?:@[^/@]+\/)?[^/@*^~<>=]+)(?:@|$)/.exec(requirement)?.[1] ===
    undefined
    ? key
    : aliasedName(key, requirement);
}

function aliasedName(key: string, requirement: string): string {
  const [, name = key, at] =
    /^(?:npm|workspace):((?:@[^/@]+\/)?[^/@*^~<>=]+)(@)?/.exec(requirement) ?? [];
  // `npm:1.2.3` has no name, `workspace:1.2.3` neither.
  return at === undefined && !requirement.startsWith('npm:@') && /^[\dv]/.test(name) ? key : name;
}

/**
 * The package that an override is for: of `parent>name@1` (pnpm), `parent/name` and `**\/name` (Yarn),
 * `name@1` (npm).
 */
export function overriddenName(key: string): string {
  const last = key.split('>').at(-1)?.trim() ?? key;
  const path = /(?:^|\/)((?:@[^/@]+\/)?[^/@]+)(?:@(?:[^/]|\/\/)*)?$/.exec(last);
  return path?.[1] ?? last;
}
