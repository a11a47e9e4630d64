import { lfsPointerProblem, validateFiles } from '@ameide/publisher-kit';
import { type Problem, pathBelow, pathIn, type SourceTree } from '@ameide/versioning-core';
import { decideGoZip, goModulePath } from '@ameide/versioning-core/go';
import type { MirrorEdits } from './mirror/edits.ts';
import type { ConvertedFiles } from './module/attributes.ts';
import type { ModuleContent } from './module/content.ts';
import { type ModuleFile, memberCycle, validateGoMod } from './module/go-mod.ts';
import { findCycle } from './module/members.ts';
import { isWithin, validateContent } from './module/validate-content.ts';

/** A module at the released commit. */
export interface ModuleAtCommit {
  /** The publisher's id, for messages: `go:github.com/ameideio/ameide-sdk-go`. */
  readonly project: string;
  /** `''` for the root of the repository. */
  readonly directory: string;
  readonly file: ModuleFile;
  readonly content: ModuleContent;
  /** The module's files whose content differs in a checkout. */
  readonly converted: ConvertedFiles;
  /** Exact repository paths that the definition allows. */
  readonly allow: readonly string[];
  /** With a mirror: paths below the folder that the definition takes from the checkout. */
  readonly fromCheckout?: readonly string[];
  /** With a mirror: its edits. */
  readonly edits?: Pick<MirrorEdits, 'all' | 'required'> | undefined;
}

/**
 * Returns all paths below the folder that a mirror takes from the checkout: those of the
 * definition, Git LFS files, submodules, and files that git's attributes convert. A submodule that
 * the definition allows stays a submodule.
 */
export async function pathsFromCheckout(
  { allow, converted, directory, fromCheckout = [] }: ModuleAtCommit,
  source: SourceTree,
): Promise<readonly string[]> {
  const submodules = (await source.list(directory))
    .filter(({ mode, path }) => mode === 'submodule' && !allow.includes(path))
    .map(({ path }) => pathBelow(directory, path));
  return [...new Set([...fromCheckout, ...converted.lfs, ...converted.text, ...submodules])];
}

/** Reports every problem that the commit decides, all at once. Offline. */
export async function validateModule(
  module: ModuleAtCommit,
  source: SourceTree,
): Promise<readonly Problem[]> {
  const { allow, file, fromCheckout, project } = module;
  const content =
    fromCheckout === undefined ? await withRootLicence(module, source) : module.content;
  const unknown = fromCheckout === undefined ? [] : await pathsFromCheckout(module, source);
  const [own, inContent, inFiles] = await Promise.all([
    ownModules(module, source),
    validateContent({
      ...module,
      content,
      mirrored: fromCheckout !== undefined,
      unknown,
      kind: 'input',
    }),
    fromCheckout === undefined
      ? validateLfsFiles(module, content)
      : validateMirrored(module, fromCheckout, source),
  ]);
  const { edits } = module;
  const cycle = edits && (await findCycle(file.module.path, edits, source));
  const mirrored = fromCheckout !== undefined;
  return [
    ...validateGoMod({ project, file, own, allow, mirrored, named: edits?.required ?? [] }),
    ...(cycle === undefined ? [] : [memberCycle(project, file, cycle)]),
    ...inContent,
    ...inFiles,
  ];
}

/**
 * Adds the repository's LICENSE, as `go` does for a module in a sub-directory without a file of
 * that name (cmd/go/internal/modfetch/coderepo.go, `Zip`).
 */
async function withRootLicence(
  { content, directory }: ModuleAtCommit,
  source: SourceTree,
): Promise<ModuleContent> {
  if (directory === '' || content.files.some(({ path }) => path === 'LICENSE')) return content;
  const licence = await source.readBytes('LICENSE');
  if (licence === undefined) return content;
  const added = { path: 'LICENSE', mode: 'file' as const, size: licence.length };
  return { ...content, files: [...content.files, added] };
}

/** Called only if the go.mod has a version that may be a placeholder. */
async function ownModules(
  { file }: ModuleAtCommit,
  source: SourceTree,
): Promise<ReadonlySet<string>> {
  if (!file.content.requirements.some(({ version }) => version.startsWith('v0.0.0')))
    return new Set();
  const goMods = (await source.list('')).filter(({ path }) => /(?:^|\/)go\.mod$/.test(path));
  const texts = await Promise.all(goMods.map(async ({ path }) => source.readBytes(path)));
  return new Set(texts.flatMap((bytes) => goModulePath(new TextDecoder().decode(bytes)) ?? []));
}

/**
 * Checks the folder's whole tree, because all of it becomes public, also what `go` leaves out of
 * the module.
 */
async function validateMirrored(
  { allow, directory, project }: ModuleAtCommit,
  fromCheckout: readonly string[],
  source: SourceTree,
): Promise<readonly Problem[]> {
  const replaced = fromCheckout.map((path) => pathIn(directory, path));
  const files = (await source.list(directory)).filter(
    ({ mode, path }) => !(mode === 'submodule' && allow.includes(path)),
  );
  const problems = await validateFiles({ source, project, files, allow });
  const isReplaced = (path = ''): boolean => replaced.some((one) => isWithin(path, one));
  // A git repository can hold every name; Go's own rule refuses names that `go` cannot handle.
  // `prepare` may replace a file, but not leave out one that the clone lacks.
  return problems.filter(
    ({ code, path }) => code === 'partial-clone' || (code !== 'file-name' && !isReplaced(path)),
  );
}

function validateLfsFiles(
  { allow, converted, directory, file, project }: ModuleAtCommit,
  content: ModuleContent,
): Problem[] {
  const published = decideGoZip(content.files, file.content.goVersion).files;
  return published
    .filter(({ path }) => converted.lfs.includes(path))
    .map(({ path }) => pathIn(directory, path))
    .filter((path) => !allow.includes(path))
    .map((path) =>
      lfsPointerProblem({
        code: 'go-lfs-file',
        project,
        path,
        effect:
          'go downloads the pointer instead of the content or, if git-lfs is installed, the content, whose checksum differs',
        otherWay: 'publish the module through a mirror',
      }),
    );
}
