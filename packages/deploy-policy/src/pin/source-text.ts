import { isScalar, type Node, type YAMLMap } from 'yaml';
import type { ManifestDocument } from '../manifest/document.ts';
import { isMapNode } from '../manifest/node.ts';

/** The text of a file around the nodes of one of its documents. */
export interface SourceText {
  readonly text: string;
  readonly eol: string;
  /** Whether the document is JSON. */
  readonly isJson: boolean;
  readonly slice: (start: number, end: number) => string;
  readonly lineStart: (offset: number) => number;
  /** The offset of the line break after an offset, or of the end of the text. */
  readonly lineEnd: (offset: number) => number;
  readonly isLineStart: (offset: number) => boolean;
  /** How many characters stand before an offset in its line. */
  readonly column: (offset: number) => number;
  /** By how much the map with a key at an offset is indented; not alone if a `- ` is before it in its line. */
  readonly indentation: (offset: number) => { readonly indent: number; readonly isAlone: boolean };
  /** The spaces at the start of the line of an offset. */
  readonly leadingSpace: (offset: number) => string;
  /** The white space that follows an offset. */
  readonly spaceAfter: (offset: number) => string;
  /** The start of the comments directly above a line. */
  readonly aboveComments: (lineStart: number) => number;
  /** By how much values of a map are indented, as far as the document shows. */
  readonly stepOf: (map: YAMLMap<Node, Node | null>) => number;
}

const BOM = '\uFEFF';

export function createSourceText(text: string, document: ManifestDocument): SourceText {
  const column = (offset: number): number => {
    const { column, line } = document.positionOf(offset);
    return column - 1 - (line === 1 && text.startsWith(BOM) ? 1 : 0);
  };
  const lineStart = (offset: number): number => offset - column(offset);
  const indentation: SourceText['indentation'] = (offset) => {
    // `- - ` and `: ` indent what follows them in the same line.
    const [prefix = ''] = /^ *(?:[-:] +)*/.exec(text.slice(lineStart(offset), offset)) ?? [];
    return { indent: prefix.length, isAlone: prefix.trim() === '' };
  };
  return {
    text,
    eol: eolOf(text),
    isJson: isJson(document.root),
    slice: (start, end) => text.slice(start, end),
    lineStart,
    lineEnd: (offset) => lineEnd(text, offset),
    isLineStart: (offset) => offset > 0 && text[offset - 1] === '\n',
    column,
    indentation,
    leadingSpace: (offset) => /^[ \t]*/.exec(text.slice(lineStart(offset), offset))?.[0] ?? '',
    spaceAfter: (offset) => {
      let end = offset;
      while (/[ \t\r\n]/.test(text.charAt(end))) end += 1;
      return text.slice(offset, end);
    },
    aboveComments: (start) => aboveComments(text, start, document.range[0]),
    stepOf: (map) => stepOf(map, document.root, (node) => indentation(node.range?.[0] ?? 0).indent),
  };
}

function eolOf(text: string): string {
  const at = text.indexOf('\n');
  return at > 0 && text[at - 1] === '\r' ? '\r\n' : '\n';
}

function isJson(root: Node | undefined): boolean {
  if (!isMapNode(root) || root.flow !== true) return false;
  const key = root.items[0]?.key;
  return isScalar(key) && key.type === 'QUOTE_DOUBLE';
}

function lineEnd(text: string, offset: number): number {
  const at = text.indexOf('\n', offset);
  if (at === -1) return text.length;
  return at > offset && text[at - 1] === '\r' ? at - 1 : at;
}

function aboveComments(text: string, start: number, floor: number): number {
  let at = start;
  while (at > floor) {
    const above = text.lastIndexOf('\n', at - 2) + 1;
    const line = text.slice(above, at).trim();
    if (above < floor || (line !== '' && !line.startsWith('#'))) return at;
    at = above;
  }
  return at;
}

/** Looks at the values of the map itself, then at those of the document's first levels. */
function stepOf(
  map: YAMLMap<Node, Node | null>,
  root: Node | undefined,
  indent: (node: Node) => number,
): number {
  for (const one of [map, root]) {
    if (!isMapNode(one) || one.flow === true) continue;
    const first = one.items[0]?.key;
    for (const { value } of one.items) {
      const key = isMapNode(value) && value.flow !== true ? value.items[0]?.key : undefined;
      const step = key === undefined || first === undefined ? 0 : indent(key) - indent(first);
      if (step > 0) return step;
    }
  }
  return 2;
}
