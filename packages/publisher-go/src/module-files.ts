import { assertNoCollisions, holdsPrivateKey, isSecretFile } from '@ameide/publisher-kit';
import type { Plan, Problem, SourceTree } from '@ameide/versioning-core';
import { formatCoordinate, InvalidInputError } from '@ameide/versioning-core';

// golang.org/x/mod/module, `fileNameOK`: these, digits and letters of any script.
const FILE_NAME = /^[!#$%&()+,\-.=@[\]^_{}~ 0-9\p{L}]+$/u;
const WINDOWS_DEVICE = /^(?:con|prn|aux|nul|com[1-9]|lpt[1-9])(?:\.|$)/i;

/**
 * Throws `InvalidInputError` when `go` could not make the module's zip file (golang.org/x/mod/zip): nobody could ever download that
 * version, and its tag would be spent. What never gets into the zip does not count: nested modules, vendored packages, symlinks.
 */
export async function checkModuleFiles(source: SourceTree, directory: string): Promise<void> {
  const files = await moduleFiles(source, directory);
  const odd = files.find(
    (path) => !path.split('/').every((part) => FILE_NAME.test(part) && !part.endsWith('.') && !WINDOWS_DEVICE.test(part)),
  );
  if (odd !== undefined) {
    throw new InvalidInputError(
      {
        field: 'directory',
        received: odd,
        expected:
          'file names that go can put into a module: letters, digits and !#$%&()+,-.=@[]^_{}~ alone, and none that Windows reserves',
        hint: 'Rename the file, or move it out of the module.',
      },
      'go-file-name',
    );
  }
  assertNoCollisions(files);
}

/** Files that usually hold credentials: a module is public, even where the repository it lies in is not. */
export async function findSecretFiles(plan: Plan, source: SourceTree, directory: string): Promise<Problem[]> {
  const prefix = directory === '' ? '' : `${directory}/`;
  const found: string[] = [];
  for (const path of await moduleFiles(source, directory)) {
    const isKey = /\.(?:pem|key)$/i.test(path) && holdsPrivateKey((await source.readBytes(prefix + path)) ?? new Uint8Array());
    if (isKey || isSecretFile(path)) found.push(path);
  }
  if (found.length === 0) return [];
  return plan.coordinates.map((coordinate) => ({
    code: 'go-secret-file',
    kind: 'input',
    message: `${directory === '' ? 'The module' : directory} holds ${found.join(', ')}, which usually ${found.length === 1 ? 'holds' : 'hold'} credentials.`,
    hint: 'Nothing was pushed. Remove it in a new commit, and revoke what was in there.',
    coordinate: formatCoordinate(coordinate),
    effect: 'none',
    rerun: 'after-fix',
  }));
}

/** Paths below the module, as `go` will put them into its zip. */
async function moduleFiles(source: SourceTree, directory: string): Promise<readonly string[]> {
  const cut = directory === '' ? 0 : directory.length + 1;
  const files = (await source.list(directory)).map(({ path, mode }) => ({ path: path.slice(cut), mode }));
  const nested = files.flatMap(({ path }) => (path.endsWith('/go.mod') ? [path.slice(0, -'go.mod'.length)] : []));
  return files
    .filter(({ path, mode }) => (mode === 'file' || mode === 'executable') && !nested.some((folder) => path.startsWith(folder)))
    .map(({ path }) => path)
    .filter((path) => !/(?:^|\/)vendor\/.*\//.test(path));
}
