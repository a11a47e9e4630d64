import { allowOption } from '@ameide/publisher-kit';
import {
  InvalidInputError,
  type Problem,
  type ProblemInput,
  pathIn,
  problem,
  type SourceTree,
} from '@ameide/versioning-core';
import {
  type GoMod,
  type GoModulePath,
  type GoRequirement,
  goModulePath,
  isDownloadablePath,
  isPlaceholderVersion,
  isPseudoVersion,
  parseGoMod,
  parseGoModulePath,
} from '@ameide/versioning-core/go';

/** The parts of a module's go.mod that we use (https://go.dev/ref/mod#go-mod-file). */
export interface ModuleFile {
  readonly module: GoModulePath;
  /** Repository path of the go.mod. */
  readonly path: string;
  readonly content: GoMod;
}

/**
 * Reads `<directory>/go.mod` at the commit. Throws `InvalidInputError` if it does not name the
 * module, because then there can be no plan. `validateGoMod` reports all other mistakes.
 */
export async function readModuleFile(source: SourceTree, directory: string): Promise<ModuleFile> {
  const path = pathIn(directory, 'go.mod');
  const bytes = await source.readBytes(path);
  if (bytes === undefined) throw noModule(source, directory, await source.readLink(path));
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new InvalidInputError({ field: path, expected: 'text in UTF-8' }, 'go-invalid-module');
  }
  const name = goModulePath(text.replace(/^\uFEFF/, ''));
  if (name === undefined) throw noModuleLine(path);
  return { module: parseGoModulePath(name, `${path}: module`), path, content: parseGoMod(text) };
}

function noModuleLine(path: string): InvalidInputError {
  const expected = 'a module line, for example "module github.com/ameideio/ameide-sdk-go"';
  return new InvalidInputError({ field: path, expected }, 'go-invalid-module');
}

function noModule(
  { sha }: SourceTree,
  directory: string,
  link: string | undefined,
): InvalidInputError {
  const input = {
    field: 'directory',
    received: directory,
    expected: `a directory with a go.mod at commit ${sha}${link === undefined ? '' : ', and there it is a link, which go leaves out'}`,
    hint:
      link === undefined
        ? 'Commit it, or correct the path.'
        : 'Commit the file instead of the link.',
  };
  return new InvalidInputError(input, 'go-no-module');
}

export interface GoModQuestion {
  /** The project, for messages: `go:github.com/ameideio/ameide-sdk-go`. */
  readonly project: string;
  readonly file: ModuleFile;
  /** Paths of the modules in this repository and release, which are not published yet. */
  readonly own: ReadonlySet<string>;
  readonly allow: readonly string[];
  /** True if the module has its own repository. */
  readonly mirrored: boolean;
  /** Required modules that get their version of this release. */
  readonly named: readonly string[];
}

/** Reports the lines of a go.mod that make the module unusable as a dependency. */
export function validateGoMod(question: GoModQuestion): Problem[] {
  const { allow, file, named, own, project } = question;
  const { path, content } = file;
  const of = (input: Pick<ProblemInput, 'code' | 'message' | 'hint'>): Problem =>
    problem({ kind: 'input', path, ...input });
  const errors = content.errors.map(({ line, reason }) =>
    of({
      code: 'go-invalid-module',
      message: `${project}: go refuses ${path}, line ${line}: ${reason}.`,
      hint: 'Correct the line. Run go mod edit -json in its folder to see the same error.',
    }),
  );
  if (allow.includes(path)) return errors;
  const ownErrors = content.ownErrors.map(({ line, reason }) =>
    of({
      code: 'go-invalid-module',
      message: `${project}: go refuses ${path}, line ${line}, in a clone: ${reason}.`,
      hint: `Correct the line: run go build in its folder to see the same error. If only consumers count, who do not notice: ${allowOption(path)}.`,
    }),
  );
  const unusable = content.requirements.flatMap((requirement) => {
    const { line, path: name, version } = requirement;
    const why = named.includes(name) ? undefined : whyNotDownloadable(requirement, own);
    return why === undefined
      ? []
      : of({
          code: 'go-placeholder-version',
          message: `${project}: ${path}, line ${line} requires ${name} ${version}, which nobody can download: ${why}.`,
          hint: `Require a published version (go get ${name}@VERSION), and use a go.work file for the local folder. ${mirrorHint(name, question)}If that version is published: ${allowOption(path)}.`,
        });
  });
  return [...errors, ...ownErrors, ...unusable];
}

/** Only a mirror's go.mod can differ from the commit's. */
function mirrorHint(name: string, { mirrored, own }: GoModQuestion): string {
  if (!own.has(name)) return '';
  const modules = mirrored ? name : 'both modules';
  return `Or publish ${modules} through a mirror in this release: then the line gets its version. `;
}

/** The problem of modules that require each other. */
export function memberCycle(
  project: string,
  { path }: ModuleFile,
  cycle: readonly string[],
): Problem {
  return problem({
    code: 'go-member-cycle',
    kind: 'input',
    message: `${project}: modules of this release require each other (${cycle.join(' → ')}), so that the checksum of each would have to be in the go.sum of the other.`,
    hint: 'Put the tests or examples that need the other module into a module of their own (a folder with a go.mod), or require a published version without a replace or a go.work.',
    path,
  });
}

/**
 * Explains why nobody can download a requirement. `go` ignores a dependency's `replace` directives,
 * and every go.work except its user's own.
 */
function whyNotDownloadable(
  { path, version, replacedByFolder }: GoRequirement,
  own: ReadonlySet<string>,
): string | undefined {
  if (!isDownloadablePath(path)) return 'go finds no host in its path';
  if (!isPlaceholderVersion(version)) return undefined;
  if (replacedByFolder) return 'only this module’s own builds use the folder of the replace line';
  if (own.has(path)) return 'the module is part of this repository and has no such version';
  return isPseudoVersion(version) ? 'no commit has that version' : undefined;
}
