import {
  type Document,
  isCollection,
  isNode,
  LineCounter,
  parseAllDocuments,
  type YAMLError,
} from 'yaml';
import type { Fault, Position } from './fault.ts';
import { type Reading, type TextDocument, TOO_DEEP, unread } from './reading.ts';
import { disagreements } from './yaml-agreement.ts';
import { checkNodes } from './yaml-nodes.ts';

/**
 * Reads YAML 1.2, also with several documents. Keys must be unique and valid in JSON; aliases must
 * not expand without limit.
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
      // YAML 1.2 has no merge keys, but most of its readers do, and what they read must fit a schema.
      merge: true,
      lineCounter: lines,
    });
    const faults = [...documents].flatMap((document) => documentFaults(document, positionAt));
    // `checkNodes` has limited the expansion; that limit also covers merge keys.
    if (faults.length > 0) return unread(faults);
    // Every loader reads a file without a document as null, so check it as null.
    if (documents.length === 0) return { faults, notes: [], documents: [EMPTY] };
    return {
      faults,
      notes: [...documents].flatMap((document) =>
        disagreements(document).map(({ offset, what }) => ({ ...positionAt(offset), what })),
      ),
      documents: [...documents].map((document) => readDocument(document, positionAt)),
    };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return unread([{ what: TOO_DEEP }]);
  }
}

const EMPTY: TextDocument = { value: null, positionOf: () => ({ line: 1, column: 1 }) };

function readDocument(
  document: Document.Parsed,
  positionAt: (offset: number) => Position,
): TextDocument {
  return {
    value: document.toJS({ maxAliasCount: -1 }),
    hasOwnTags: document.warnings.length > 0,
    positionOf(keys) {
      let node: unknown = document.contents;
      let offset = isNode(node) ? node.range?.[0] : undefined;
      for (const key of keys) {
        // What follows an alias has no position of its own.
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

/** Cuts off what some messages quote from the file, after a colon or with its backslash. */
function reason({ message }: YAMLError): string {
  return message.replace(/(?:: | \\).*$/s, '').replace(/\s+/g, ' ');
}
