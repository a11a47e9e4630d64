import {
  type JSONVisitor,
  type Node,
  type ParseErrorCode,
  parseTree,
  printParseErrorCode,
  visit,
} from 'jsonc-parser';
import type { Fault, Position } from './fault.ts';
import { keyFault, MAX_DEPTH, type Reading, TOO_DEEP } from './reading.ts';

const STRICT = { disallowComments: true, allowTrailingComma: false, allowEmptyContent: false };

/** Reads JSON (RFC 8259), without comments and trailing commas. Keys must be unique (section 4). */
export function readJson(text: string): Reading {
  const faults: Fault[] = [];
  try {
    visit(text, visitor(faults), STRICT);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { faults: [{ what: TOO_DEEP }], documents: [] };
  }
  if (faults.length > 0) return { faults, documents: [] };
  try {
    const value: unknown = JSON.parse(text);
    return { faults, documents: [{ value, positionOf: (keys) => positionOf(text, keys) }] };
  } catch {
    return { faults: [{ what: 'is not JSON' }], documents: [] };
  }
}

/** Finds a position by parsing again, which is needed only for a fault. */
function positionOf(text: string, keys: readonly string[]): Position {
  let node = parseTree(text, undefined, STRICT);
  for (const key of keys) node = childOf(node, key) ?? node;
  const lines = text.slice(0, node?.offset ?? 0).split(/\r\n|\r|\n/);
  return { line: lines.length, column: (lines.at(-1) ?? '').length + 1 };
}

function childOf(node: Node | undefined, key: string): Node | undefined {
  if (node?.type === 'array') return node.children?.[Number(key)];
  return node?.children?.find(({ children }) => children?.[0]?.value === key)?.children?.[1];
}

function visitor(faults: Fault[]): JSONVisitor {
  const keys: Set<string>[] = [];
  let depth = 0;
  let failed = false;
  const note = (what: string, line: number, column: number): void =>
    void faults.push({ line: line + 1, column: column + 1, what });
  const begin = (line: number, column: number): boolean => {
    depth += 1;
    if (depth > MAX_DEPTH) note(TOO_DEEP, line, column);
    // If this returns false, the parser skips the content.
    return depth <= MAX_DEPTH;
  };
  const end = (): void => {
    depth -= 1;
  };
  return {
    onObjectBegin(_offset, _length, line, column) {
      keys.push(new Set());
      return begin(line, column);
    },
    onArrayBegin: (_offset, _length, line, column) => begin(line, column),
    onObjectProperty(key, _offset, _length, line, column) {
      const before = keys.at(-1) ?? new Set();
      const fault = keyFault(key, before);
      if (fault !== undefined) note(fault, line, column);
      before.add(key);
    },
    onObjectEnd() {
      keys.pop();
      end();
    },
    onArrayEnd: end,
    onError(error, _offset, _length, line, column) {
      // Later errors often follow from the first.
      if (!failed) note(`is not JSON: ${sentence(error)}`, line, column);
      failed = true;
    },
  };
}

/** `CommaExpected` → `comma expected`. */
function sentence(error: ParseErrorCode): string {
  return printParseErrorCode(error)
    .replace(/(?<=[a-z])(?=[A-Z])/g, ' ')
    .toLowerCase();
}
