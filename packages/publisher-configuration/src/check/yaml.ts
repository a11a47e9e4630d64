import {
  type Document,
  isCollection,
  isNode,
  LineCounter,
  parseAllDocuments,
  type YAMLError,
} from 'yaml';
import type { Fault, Position } from './fault.ts';
import { type Reading, type TextDocument, TOO_DEEP } from './reading.ts';
import { checkNodes } from './yaml-nodes.ts';

/**
 * Reads YAML 1.2, several documents too. Keys must be unique and what JSON can hold; aliases must
 * not multiply without bound.
 */
export function readYaml(text: string): Reading {
  const lines = new LineCounter();
  const positionAt = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  try {
    // The library looks for equal keys in quadratic time; `checkNodes` does it in one pass.
    const documents = parseAllDocuments(text, {
      prettyErrors: false,
      uniqueKeys: false,
      lineCounter: lines,
    });
    const faults = [...documents].flatMap((document) => documentFaults(document, positionAt));
    // What was expanded is bounded by `checkNodes`, and a `%YAML 1.1` document's merge keys by the
    // same bound.
    if (faults.length > 0) return { faults, documents: [] };
    // A file without a document is null to every loader, and has to be to its schema.
    if (documents.length === 0) return { faults, documents: [EMPTY] };
    return {
      faults,
      documents: [...documents].map((document) => readDocument(document, positionAt)),
    };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { faults: [{ what: TOO_DEEP }], documents: [] };
  }
}

const EMPTY: TextDocument = { value: null, positionOf: () => ({ line: 1, column: 1 }) };

function readDocument(
  document: Document.Parsed,
  positionAt: (offset: number) => Position,
): TextDocument {
  return {
    value: document.toJS({ maxAliasCount: -1 }),
    positionOf(keys) {
      let node: unknown = document.contents;
      let offset = isNode(node) ? node.range?.[0] : undefined;
      for (const key of keys) {
        // What is behind an alias has no position of its own.
        node = isCollection(node) ? node.get(key, true) : undefined;
        offset = isNode(node) ? node.range?.[0] : offset;
      }
      return positionAt(offset ?? document.range[0]);
    },
  };
}

function documentFaults(
  document: Document.Parsed,
  positionAt: (offset: number) => Position,
): readonly Fault[] {
  const [error] = document.errors;
  if (error !== undefined)
    return [{ ...positionAt(error.pos[0]), what: `is not YAML: ${reason(error)}` }];
  return checkNodes(document.contents).map(({ offset, what }) => ({ ...positionAt(offset), what }));
}

/** Some messages quote the text, after a colon or with its backslash. */
function reason({ message }: YAMLError): string {
  return message.replace(/(?:: | \\).*$/s, '').replace(/\s+/g, ' ');
}
