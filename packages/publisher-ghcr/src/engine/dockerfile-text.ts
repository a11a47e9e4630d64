/** What a Dockerfile takes from a build. */
export interface DockerfileInputs {
  /** The names that any ARG declares. */
  readonly arguments: ReadonlySet<string>;
  /** The ids of the secrets that steps mount. */
  readonly secrets: ReadonlySet<string>;
}

/**
 * Reads the inputs of a Dockerfile; undefined if another frontend than Docker's reads it. Takes a
 * line of a heredoc for an instruction, so it may find too much, but never too little.
 */
export function readDockerfile(text: string): DockerfileInputs | undefined {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const directives = directivesOf(lines);
  const { syntax } = directives;
  // A syntax in the style of another language (moby/buildkit, dockerfile/parser/directives.go).
  if (/^\s*(?:\/\/|\{)/.test(lines[0] ?? '')) return undefined;
  if (syntax !== undefined && !isDockers(syntax)) return undefined;
  const instructions = instructionsOf(lines, directives['escape'] ?? '\\');
  return {
    arguments: new Set(instructions.flatMap(declaredNames)),
    secrets: new Set(instructions.flatMap(mountedSecrets)),
  };
}

/** True for Docker's own frontend, by its image. */
export function isDockers(syntax: string): boolean {
  return /^(?:docker\.io\/)?docker\/dockerfile(?:-upstream)?(?:[:@]|$)/.test(syntax);
}

/** Directives are the comments `# name=value` at the beginning. */
function directivesOf(lines: readonly string[]): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const line of lines[0]?.startsWith('#!') === true ? lines.slice(1) : lines) {
    const [, name, value] = /^\s*#\s*([A-Za-z]\w*)\s*=\s*(\S+)/.exec(line) ?? [];
    if (name === undefined || value === undefined) break;
    found[name.toLowerCase()] = value;
  }
  return found;
}

/** Joins continued lines. Comments and empty lines do not end an instruction. */
function instructionsOf(lines: readonly string[], escape: string): readonly string[] {
  const instructions: string[] = [];
  let begun = '';
  for (const line of lines) {
    if (/^\s*(?:#|$)/.test(line)) continue;
    const end = line.trimEnd();
    if (end.endsWith(escape)) begun += end.slice(0, -escape.length);
    else {
      instructions.push(begun + line);
      begun = '';
    }
  }
  return [...instructions, begun];
}

function declaredNames(instruction: string): readonly string[] {
  const declared = /^\s*(?:ONBUILD\s+)?ARG\s+(.*)$/is.exec(instruction)?.[1] ?? '';
  return declared.split(/\s+/).map((word) => word.replace(/=.*$/s, '').replaceAll(/["']/g, ''));
}

/** As moby/buildkit names them: dockerfile2llb/convert_secrets.go. */
function mountedSecrets(instruction: string): readonly string[] {
  return [...instruction.matchAll(/--mount=(\S+)/g)].flatMap(([, given = '']) => {
    const fields = new Map(
      given
        .replaceAll(/["']/g, '')
        .split(',')
        .map((field) => {
          const at = field.indexOf('=');
          return [field.slice(0, at).toLowerCase(), field.slice(at + 1)] as const;
        }),
    );
    const first = (...keys: readonly string[]): string | undefined =>
      keys.map((key) => fields.get(key)).find((value) => value !== undefined && value !== '');
    if (fields.get('type') !== 'secret') return [];
    const id =
      first('source', 'src', 'id') ?? first('target', 'dst', 'destination')?.split('/').at(-1);
    return id === undefined ? [] : [id];
  });
}
