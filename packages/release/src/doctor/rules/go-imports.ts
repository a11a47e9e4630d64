/** One import of a Go file: its path without quotes, and where that is. */
export interface GoImport {
  readonly path: string;
  readonly start: number;
  readonly end: number;
}

interface Token {
  readonly kind: 'word' | 'text' | 'mark';
  readonly text: string;
  readonly start: number;
}

/**
 * The imports of a Go file: they come after its package clause, and before every other declaration
 * (https://go.dev/ref/spec#Source_file_organization, https://go.dev/ref/spec#Import_declarations).
 */
export function goImports(text: string): readonly GoImport[] {
  const imports: GoImport[] = [];
  const tokens = tokensOf(text);
  let inGroup = false;
  let isImport = false;
  for (const token of tokens) {
    if (token.kind === 'text') {
      if (!isImport) break;
      imports.push(importAt(token));
      isImport = inGroup;
    } else if (inGroup) {
      if (token.text === ')') [inGroup, isImport] = [false, false];
    } else if (OTHER_DECLARATION.has(token.text)) break;
    else if (token.text === 'import') isImport = true;
    else if (isImport && token.text === '(') inGroup = true;
  }
  return imports;
}

const OTHER_DECLARATION: ReadonlySet<string> = new Set(['const', 'func', 'type', 'var']);

function importAt({ start, text }: Token): GoImport {
  return { path: text.slice(1, -1), start: start + 1, end: start + text.length - 1 };
}

/** The words, string literals and other characters of Go code, without its comments. */
function* tokensOf(text: string): Generator<Token> {
  for (let at = 0; at < text.length; ) {
    const end = endOf(text, at);
    const piece = text.slice(at, end);
    if (/^["`]/.test(piece)) yield { kind: 'text', text: piece, start: at };
    else if (/^[\p{L}_]/u.test(piece)) yield { kind: 'word', text: piece, start: at };
    else if (!/^(?:\s|\/[/*])/.test(piece)) yield { kind: 'mark', text: piece, start: at };
    at = end;
  }
}

/** Where the token, comment or space that begins at an offset ends: always behind that. */
function endOf(text: string, at: number): number {
  if (text.startsWith('//', at)) return found(text, '\n', at);
  if (text.startsWith('/*', at)) return found(text, '*/', at + 2) + 2;
  const first = text[at] ?? '';
  if (first === '`') return found(text, '`', at + 1) + 1;
  if (first === '"' || first === "'") return match(text, QUOTED, at);
  return match(text, /\s/.test(first) ? SPACE : WORD, at);
}

const QUOTED = /"[^"\\\n]*(?:\\.[^"\\\n]*)*"?|'[^'\\\n]*(?:\\.[^'\\\n]*)*'?/y;
const SPACE = /\s+/y;
const WORD = /[\p{L}\p{N}_]+/uy;

function match(text: string, pattern: RegExp, at: number): number {
  pattern.lastIndex = at;
  return at + Math.max(1, pattern.exec(text)?.[0].length ?? 0);
}

function found(text: string, wanted: string, from: number): number {
  const at = text.indexOf(wanted, from);
  return at === -1 ? text.length : at;
}
