import {
  assertNoCollisions,
  inParallel,
  isKeyFile,
  isSecretFile,
  secretFiles,
} from '@ameide/publisher-kit';
import {
  formatCoordinate,
  InvalidInputError,
  type Plan,
  type Problem,
  type SourceTree,
} from '@ameide/versioning-core';

// golang.org/x/mod/module, `fileNameOK`: these, digits and letters of any script.
const FILE_NAME = /^[!#$%&()+,\-.=@[\]^_{}~ 0-9\p{L}]+$/u;
const WINDOWS_DEVICE = /^(?:con|prn|aux|nul|com[1-9]|lpt[1-9])(?:\.|$)/i;

/**
 * Throws `InvalidInputError` when `go` could not make the module's zip file (golang.org/x/mod/zip):
 * nobody could ever download that version, and its tag would be spent. What never gets into the zip
 * does not count: nested modules, vendored packages, symlinks.
 */
export async function checkModuleFiles(source: SourceTree, directory: string): Promise<void> {
  const files = await moduleFiles(source, directory);
  const odd = files.find(
    (path) =>
      !path
        .split('/')
        .every((part) => FILE_NAME.test(part) && !part.endsWith('.') && !WINDOWS_DEVICE.test(part)),
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

/**
 * Files that usually hold credentials, in all that the mirror would make public: the directory's
 * whole tree, also what `go` leaves out of the module.
 */
export async function findSecretFiles(
  plan: Plan,
  source: SourceTree,
  directory: string,
): Promise<Problem[]> {
  const suspects = (await regularFiles(source, directory)).filter(
    (path) => isSecretFile(path) || isKeyFile(path),
  );
  const prefix = directory === '' ? '' : `${directory}/`;
  const entries = await inParallel(suspects, async (path) => ({
    path,
    content: (await source.readBytes(prefix + path)) ?? new Uint8Array(),
  }));
  const found = secretFiles(entries);
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
  const files = await regularFiles(source, directory);
  const nested = files.flatMap((path) =>
    path.endsWith('/go.mod') ? [path.slice(0, -'go.mod'.length)] : [],
  );
  return files.filter(
    (path) =>
      !nested.some((folder) => path.startsWith(folder)) && !/(?:^|\/)vendor\/.*\//.test(path),
  );
}

/** Paths below the directory, without symlinks and submodules. */
async function regularFiles(source: SourceTree, directory: string): Promise<readonly string[]> {
  const cut = directory === '' ? 0 : directory.length + 1;
  const files = await source.list(directory);
  return files.flatMap(({ path, mode }) =>
    mode === 'file' || mode === 'executable' ? [path.slice(cut)] : [],
  );
}
