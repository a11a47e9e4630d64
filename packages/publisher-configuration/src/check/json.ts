import {
  type JSONVisitor,
  type Node,
  type ParseErrorCode,
  type ParseOptions,
  parse,
  parseTree,
  printParseErrorCode,
  visit,
} from 'jsonc-parser';
import type { Fault, Position } from './fault.ts';
import { keyFault, MAX_DEPTH, type Reading, TOO_DEEP, unread } from './reading.ts';

const STRICT = { disallowComments: true, allowTrailingComma: false, allowEmptyContent: false };
const WITH_COMMENTS = { ...STRICT, disallowComments: false, allowTrailingComma: true };

/** Reads JSON (RFC 8259), without comments and trailing commas. Keys must be unique (section 4). */
export function readJson(text: string): Reading {
  return read(text, STRICT);
}

/** As `readJson`, with comments and trailing commas, as TypeScript and editors take them. */
export function readJsonc(text: string): Reading {
  return read(text, WITH_COMMENTS);
}

function read(text: string, options: ParseOptions): Reading {
  const faults: Fault[] = [];
  const notes: Fault[] = [];
  try {
    visit(text, visitor(text, faults, notes), options);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return unread([{ what: TOO_DEEP }]);
  }
  if (faults.length > 0) return unread(faults);
  try {
    const value: unknown = options === STRICT ? JSON.parse(text) : parse(text, [], options);
    const document = {
      value,
      positionOf: (keys: readonly string[]) => positionOf(text, keys, options),
    };
    return { faults, notes, documents: [document] };
  } catch {
    return unread([{ what: 'is not JSON' }]);
  }
}

/** Finds a position by parsing again, which is needed only for a fault. */
function positionOf(text: string, keys: readonly string[], options: ParseOptions): Position {
  let node = parseTree(text, undefined, options);
  for (const key of keys) node = childOf(node, key) ?? node;
  const lines = text.slice(0, node?.offset ?? 0).split(/\r\n|\r|\n/);
  return { line: lines.length, column: (lines.at(-1) ?? '').length + 1 };
}

function childOf(node: Node | undefined, key: string): Node | undefined {
  if (node?.type === 'array') return node.children?.[Number(key)];
  return node?.children?.find(({ children }) => children?.[0]?.value === key)?.children?.[1];
}

function visitor(text: string, faults: Fault[], notes: Fault[]): JSONVisitor {
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
    onLiteralValue(value, offset, length, line, column) {
      if (typeof value === 'number' && !isExact(text.slice(offset, offset + length), value))
        notes.push({ line: line + 1, column: column + 1, what: INEXACT });
    },
    onError(error, _offset, _length, line, column) {
      // Later errors often follow from the first.
      if (!failed) note(`is not JSON: ${sentence(error)}`, line, column);
      failed = true;
    },
  };
}

const INEXACT =
  'is a number that JavaScript cannot hold and other readers can: put it in quotes if it is an identifier';

/** False for an integer beyond 2^53, such as a cloud account's id, and for one beyond all floats. */
function isExact(source: string, value: number): boolean {
  if (!Number.isFinite(value)) return false;
  return !/^-?\d+$/.test(source) || BigInt(source) === BigInt(value);
}

/** `CommaExpected` → `comma expected`. */
function sentence(error: ParseErrorCode): string {
  return printParseErrorCode(error)
    .replace(/(?<=[a-z])(?=[A-Z])/g, ' ')
    .toLowerCase();
}
