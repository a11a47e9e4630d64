import type { ShellCommand } from '@ameide/source-files/workflows';
import { type Call, callOf } from './calls.ts';
import { isOurs } from './job-needs.ts';
import { publishedBy } from './publishing.ts';

/** True for a command that publishes, with `ameide-release` or beside it. */
export function isPublishing(command: ShellCommand): boolean {
  const call = callOf(command);
  if (call === undefined) return false;
  if (isOurs(call)) return isOurPublish(call);
  const found = publishedBy(call, undefined, { packageNames: new Map() });
  return found !== undefined && found.what !== 'git tag' && found.ecosystem !== 'signature';
}

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

/** A command in one short line. */
export function shortText({ text }: ShellCommand): string {
  const line = text.replaceAll(/\s*\\?\n\s*/g, ' ');
  return line.length > 60 ? `${line.slice(0, 57)}…` : line;
}
