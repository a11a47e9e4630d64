import { placeAt, type Span } from '@ameide/source-files/text';
import type { Finding } from './finding.ts';

/** Where in a file a finding is. */
export type Where = Pick<Finding, 'path' | 'line' | 'column'>;

/** The place of a piece of a file's text; the file as a whole if nobody knows which piece. */
export function whereIs(path: string, text: string, span: Span | undefined): Where {
  if (span === undefined) return { path };
  const { column, line } = placeAt(path, text, span.start, span.end);
  return { path, line, column };
}

/** A text as a sentence: what others say often has no full stop. */
export function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
