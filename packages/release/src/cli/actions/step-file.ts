import { appendFile, stat } from 'node:fs/promises';
import type { Section } from './summary.ts';

/** A larger file is not shown at all (actions/runner, `CreateStepSummaryCommand`). */
const LIMIT_BYTES = 1024 * 1024;
/** For the paragraph about what was left out. */
const RESERVED_BYTES = 1024;

/**
 * Appends sections to a step summary, as far as there is room: other commands of the step write to
 * the same file. Throws if it cannot be written.
 */
export async function appendSummary(file: string, sections: readonly Section[]): Promise<void> {
  const { size } = await stat(file).catch(() => ({ size: 0 }));
  const text = fitting(sections, LIMIT_BYTES - size);
  // A blank line ends what another command left open.
  if (text !== '') await appendFile(file, `\n${text}`);
}

/** Returns the sections that fit into so many bytes, and which did not. */
export function fitting(sections: readonly Section[], bytes: number): string {
  const kept: string[] = [];
  const omitted = new Set<string>();
  let left = bytes - RESERVED_BYTES;
  for (const { markup, title } of sections) {
    const size = Buffer.byteLength(markup);
    if (size > left) omitted.add(title);
    else {
      kept.push(markup);
      left -= size;
    }
  }
  if (omitted.size === 0) return kept.join('');
  if (bytes < RESERVED_BYTES) return '';
  const some = [...omitted].slice(0, 3).join(', ');
  const note = `<p>A step summary holds 1 MiB; left out: ${some}. The log of the step has everything.</p>\n`;
  return kept.join('') + note;
}
