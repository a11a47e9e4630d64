import type { LockKind } from './lock-job.ts';

const AGE: Readonly<Partial<Record<LockKind, RegExp>>> = {
  pnpm: /NO_MATURE_MATCHING_VERSION|minimumReleaseAge|minimum release age/i,
  npm: /with a date before|min-release-age|\bbefore\b.*\d{4}/i,
  yarn: /npmMinimalAgeGate|age gate|quarantine/i,
  bun: /minimum.?release.?age/i,
  uv: /exclude-newer/i,
};

const EXCEPTION: Readonly<Partial<Record<LockKind, string>>> = {
  pnpm: 'minimumReleaseAgeExclude in pnpm-workspace.yaml',
  npm: 'a shorter min-release-age in .npmrc',
  yarn: 'npmPreapprovedPackages in .yarnrc.yml',
  bun: 'minimumReleaseAgeExcludes in bunfig.toml',
  uv: 'exclude-newer-package in tool.uv',
};

/** Says why a tool may not find a version that the registry has; undefined if its output names no known reason. */
export function lockHint(kind: LockKind, output: string): string | undefined {
  if (AGE[kind]?.test(output) === true)
    return `A setting hides versions that are too new. Wait, or make an exception for these packages: ${EXCEPTION[kind]}.`;
  if (kind === 'go' && /sum\.golang\.org|verifying .*: (?:404|410)|SECURITY ERROR/i.test(output))
    return 'The checksum database does not know private modules: set GOPRIVATE (or GONOSUMDB) to their paths.';
  if (
    kind === 'go' &&
    /terminal prompts disabled|could not read Username|Permission denied/i.test(output)
  )
    return 'git cannot read the module’s repository: set GOPRIVATE, and give git the credentials (git credential helper, .netrc, SSH).';
  if (/\b(?:401|403|E401|E403|ERR_PNPM_FETCH_40[13]|Unauthorized|Forbidden)\b/i.test(output))
    return 'The registry wants credentials: the tool has the configuration files of this repository and of your home folder, and the variables that they name.';
  if (
    /ETARGET|E404|ERR_PNPM_NO_MATCHING_VERSION|No candidates found|notarget|no version of|unknown revision|Couldn't find any versions|doesn't match any versions|not found: module/i.test(
      output,
    )
  )
    return 'The tool asks another registry than the one that was published to, or a cache has not seen the version yet: compare its registry with the one that ameide-release trace shows, and run the command again in a few minutes.';
  return undefined;
}
