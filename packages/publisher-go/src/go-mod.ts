import {
  type GoModulePath,
  goModDirectives,
  goModString,
  InvalidInputError,
  parseGoModulePath,
  type SourceTree,
} from '@ameide/versioning-core';

/** What is read of a module's go.mod (https://go.dev/ref/mod#go-mod-file). */
export interface GoMod {
  readonly module: GoModulePath;
}

/**
 * Reads `<directory>/go.mod` at the commit. Throws `InvalidInputError` when consumers could not use
 * the module as it stands.
 */
export async function readGoMod(source: SourceTree, directory: string): Promise<GoMod> {
  const path = directory === '' ? 'go.mod' : `${directory}/go.mod`;
  const bytes = await source.readBytes(path);
  if (bytes === undefined) {
    throw new InvalidInputError(
      {
        field: 'directory',
        received: directory,
        expected: `a directory with a go.mod at commit ${source.sha}`,
        hint: 'Commit it, or correct the path.',
      },
      'go-no-module',
    );
  }
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new InvalidInputError({ field: path, expected: 'text in UTF-8' }, 'go-invalid-module');
  }
  return parseGoMod(text, path);
}

/** Reads the text of a go.mod; `path` is for messages. */
export function parseGoMod(text: string, path: string): GoMod {
  if (text.startsWith('\uFEFF')) {
    const expected =
      'a file without a byte order mark, which go refuses ("unexpected input character")';
    throw new InvalidInputError(
      { field: path, expected, hint: 'Save it as UTF-8 without BOM.' },
      'go-invalid-module',
    );
  }
  const lines = goModDirectives(text)?.map((words) =>
    words.map((word) => goModString(word) ?? word),
  );
  if (lines === undefined) {
    throw new InvalidInputError(
      {
        field: path,
        expected: 'a file that go can parse',
        hint: 'Run go mod edit -json there: it tells the line.',
      },
      'go-invalid-module',
    );
  }
  const modules = lines.filter(([verb]) => verb === 'module');
  const [only] = modules;
  if (only === undefined || modules.length > 1 || only.length !== 2) {
    const received = modules.map((words) => words.join(' ')).join('; ');
    const expected =
      'exactly one module line, for example "module github.com/ameideio/ameide-sdk-go"';
    throw new InvalidInputError({ field: path, received, expected }, 'go-invalid-module');
  }
  const local = lines.find(
    ([verb, ...words]) => verb === 'replace' && isLocal(words[words.indexOf('=>') + 1]),
  );
  if (local !== undefined) {
    throw new InvalidInputError(
      {
        field: path,
        received: local.join(' '),
        expected:
          'no replace with a local directory: go ignores it for consumers, who then get another dependency than you tested',
        hint: 'Use a go.work file for local development, and require a published version.',
      },
      'go-local-replace',
    );
  }
  return { module: parseGoModulePath(only[1], `${path}: module`) };
}

function isLocal(target: string | undefined): boolean {
  return target !== undefined && /^(?:\.{1,2}(?:[/\\]|$)|\/|[A-Za-z]:[/\\])/.test(target);
}
