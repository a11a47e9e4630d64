import { type Document, LineCounter, parseAllDocuments, type YAMLError } from 'yaml';
import type { Fault } from './fault.ts';
import { type Reading, TOO_DEEP } from './reading.ts';
import { checkNodes } from './yaml-nodes.ts';

/**
 * Reads YAML 1.2, several documents too. Keys must be unique and what JSON can hold; aliases must
 * not multiply without bound.
 */
export function readYaml(text: string): Reading {
  const lines = new LineCounter();
  const at = (offset: number, what: string): Fault => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col, what };
  };
  try {
    // The library looks for equal keys in quadratic time; `checkNodes` does it in one pass.
    const documents = parseAllDocuments(text, {
      prettyErrors: false,
      uniqueKeys: false,
      lineCounter: lines,
    });
    const faults = [...documents].flatMap((document) => documentFaults(document, at));
    // What was expanded is bounded by `checkNodes`, and a `%YAML 1.1` document's merge keys by the
    // same bound.
    if (faults.length > 0) return { faults, values: [] };
    // A file without a document is null to every loader, and has to be to its schema.
    const values =
      documents.length === 0
        ? [null]
        : [...documents].map((document): unknown => document.toJS({ maxAliasCount: -1 }));
    return { faults, values };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { faults: [{ what: TOO_DEEP }], values: [] };
  }
}

function documentFaults(
  document: Document.Parsed,
  at: (offset: number, what: string) => Fault,
): readonly Fault[] {
  const [error] = document.errors;
  if (error !== undefined) return [at(error.pos[0], `is not YAML: ${reason(error)}`)];
  return checkNodes(document.contents).map(({ offset, what }) => at(offset, what));
}

/** Some messages quote the text, after a colon or with its backslash. */
function reason({ message }: YAMLError): string {
  return message.replace(/(?:: | \\).*$/s, '').replace(/\s+/g, ' ');
}
