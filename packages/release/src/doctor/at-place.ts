import { placeAt, type Span } from '@ameide/source-files/text';
import type { Finding } from './finding.ts';

/** Where in a file a finding is. */
export type Where = Pick<Finding, 'path' | 'line' | 'column'>;

/** The place of a piece of a file's text; the whole file if there is no span. */
export function whereIs(path: string, text: string, span: Span | undefined): Where {
  if (span === undefined) return { path };
  const { column, line } = placeAt(path, text, span.start, span.end);
  return { path, line, column };
}

/** Adds a full stop if there is none: messages of other libraries often end without one. */
export function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
