import type { ShellCommand } from '@ameide/source-files/workflows';
import { type Call, callOf } from './calls.ts';
import { isOurs } from './job-needs.ts';
import { isTrial, publishedBy } from './publishing.ts';
import { shellCommands } from './read-scripts.ts';

/** True for a command that publishes, with `ameide-release` or beside it. */
export function isPublishing(command: ShellCommand): boolean {
  const call = callOf(command);
  if (call === undefined) return false;
  if (isOurs(call)) return isOurPublish(call);
  const found = publishedBy(call, undefined, NO_FACTS);
  return (
    found !== undefined &&
    found.what !== 'git tag' &&
    found.ecosystem !== 'signature' &&
    !isTrial(found)
  );
}

/**
 * What a script of a package.json publishes by another way than `ameide-release`, as a sentence names it:
 * `npm publish`. Undefined for nothing.
 */
export function publishedInScript(script: string): string | undefined {
  for (const command of shellCommands(script)) {
    const call = callOf(command);
    const found = call === undefined ? undefined : publishedBy(call, undefined, NO_FACTS);
    if (found === undefined || found.what.startsWith('git ') || isTrial(found)) continue;
    if (found.ecosystem !== 'signature') return found.what;
  }
  return undefined;
}

const NO_FACTS = { packageNames: new Map<string, string>() };

function isOurPublish({ args }: Call): boolean {
  return (
    args.some(({ value }) => value === 'publish' || value === 'promote') &&
    !args.some(({ value }) => value === '--dry-run')
  );
}

/** True for `git push`. */
export function isPush({ words }: ShellCommand): boolean {
  return words[0]?.value === 'git' && words.some(({ value }) => value === 'push');
}
