// The Go Programming Language Specification, "Lexical elements": comments, strings, names, and the
// punctuation of import declarations.
const TOKEN =
  /\/\/[^\n]*|\/\*[^]*?\*\/|"(?:[^"\\\n]|\\.)*"|`[^`]*`|[\p{L}_][\p{L}\p{N}_]*|[().;]/gu;

/** What a Go file says of other files. */
export interface GoSource {
  /** Import paths. */
  readonly imports: readonly string[];
  /** Patterns of `//go:embed` lines, as they are written. */
  readonly embeds: readonly string[];
}

/**
 * Reads the imports and the embedded files of a Go file. Undefined for one with a build constraint
 * (https://pkg.go.dev/cmd/go#hdr-Build_constraints): whether anybody compiles it is not known.
 */
export function parseGoSource(text: string): GoSource | undefined {
  const imports = importsIn(text);
  if (imports === undefined) return undefined;
  // A //go:embed line means something in a file that imports "embed", and only there.
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
 * Whether a pattern of `//go:embed` matches a file, or a folder that it is in
 * (https://pkg.go.dev/embed#hdr-Directives). `path` is relative to the package. A pattern with
 * brackets or backslashes counts as matching: it is left to the compiler.
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
