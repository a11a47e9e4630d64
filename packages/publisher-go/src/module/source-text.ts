// The Go Programming Language Specification, "Lexical elements": matches comments, strings, names,
// and the punctuation of import declarations.
const TOKEN =
  /\/\/[^\n]*|\/\*[^]*?\*\/|"(?:[^"\\\n]|\\.)*"|`[^`]*`|[\p{L}_][\p{L}\p{N}_]*|[().;]/gu;

/** The other files that a Go file refers to. */
export interface GoSource {
  /** Import paths. */
  readonly imports: readonly string[];
  /** The patterns of `//go:embed` lines, as written. */
  readonly embeds: readonly string[];
}

/**
 * Reads the imports and the embedded files of a Go file. Returns undefined for a file with a build
 * constraint (https://pkg.go.dev/cmd/go#hdr-Build_constraints), because we do not know whether
 * anybody compiles it.
 */
export function parseGoSource(text: string): GoSource | undefined {
  const imports = importsIn(text);
  if (imports === undefined) return undefined;
  // A //go:embed line has an effect only in a file that imports "embed".
  const embeds = imports.includes('embed') ? [...text.matchAll(/^\/\/go:embed[ \t]+(.+)$/gm)] : [];
  return { imports, embeds: embeds.flatMap(([, patterns = '']) => patternsIn(patterns)) };
}

function importsIn(text: string): string[] | undefined {
  const imports: string[] = [];
  let state: 'package' | 'name' | 'declarations' | 'one' | 'block' = 'package';
  for (const [token] of text.matchAll(TOKEN)) {
    if (/^\/[/*]/.test(token)) {
      if (state === 'package' && /^\/\/(?:go:build |[ \t]*\+build )/.test(token)) return undefined;
      continue;
    }
    if (state === 'package') state = 'name';
    else if (state === 'name') state = 'declarations';
    else if (state === 'declarations') {
      if (token === ';') continue;
      // Imports come first.
      if (token !== 'import') break;
      state = 'one';
    } else if (token === '(') state = 'block';
    else if (token === ')') state = 'declarations';
    else if (/^["`]/.test(token)) {
      imports.push(token.slice(1, -1));
      if (state === 'one') state = 'declarations';
    }
  }
  return imports;
}

function patternsIn(line: string): string[] {
  return [...line.matchAll(/"(?:[^"\\]|\\.)*"|`[^`]*`|\S+/g)].map(([word]) =>
    /^["`]/.test(word) ? word.slice(1, -1) : word,
  );
}

/**
 * True if a pattern of `//go:embed` matches a file or a folder above it
 * (https://pkg.go.dev/embed#hdr-Directives). `path` is relative to the package. A pattern with
 * brackets or backslashes counts as a match: the compiler decides about it.
 */
export function isEmbedded(pattern: string, path: string): boolean {
  if (/[[\\]/.test(pattern)) return true;
  const parts = path.split('/');
  const wanted = pattern.replace(/^all:/, '').split('/');
  return (
    parts.length >= wanted.length &&
    wanted.every((part, index) => partPattern(part).test(parts[index] ?? ''))
  );
}

function partPattern(part: string): RegExp {
  const source = part
    .replaceAll(/[.+^${}()|]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 'u');
}
