import type { ShellCommand } from '@ameide/source-files/workflows';

/** A command in one short line. */
export function shortText({ text }: ShellCommand): string {
  const line = text.replaceAll(/\s*\\?\n\s*/g, ' ');
  return line.length > 60 ? `${line.slice(0, 57)}…` : line;
}
