import { chmod, copyFile, mkdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readFolder } from '@ameide/publisher-kit';
import { InvalidInputError } from '@ameide/versioning-core';
import { type Stamp, stamp } from '../project/stamp.ts';

// What a preparing command may have left behind, and a build must not pick up: setuptools believes
// a stale list of files in egg-info.
const LEFT_OUT = /(?:^|\/)(?:\.git|\.venv|__pycache__|[^/]+\.egg-info)\/$|(?:^|\/)\.git$/;

/**
 * Copies a project and stamps the copy's pyproject.toml. Modes are 0644 and 0755 and every time is
 * the commit's, whatever the umask and the clock. Throws `InvalidInputError` for links that leave
 * the folder, special files and a damaged pyproject.toml.
 */
export async function copyAndStamp(
  from: string,
  to: string,
  values: Stamp,
  seconds: number,
): Promise<void> {
  for (const file of await readFolder(from, { ignore: (path) => LEFT_OUT.test(path) })) {
    const target = join(to, file.path);
    await mkdir(dirname(target), { recursive: true });
    if (file.path === 'pyproject.toml')
      await writeFile(target, stamp(decode(await readFile(file.absolute)), values, file.path));
    else await copyFile(file.absolute, target);
    await chmod(target, file.executable ? 0o755 : 0o644);
    await utimes(target, seconds, seconds);
  }
}

/** A byte order mark is dropped: Python's own reader refuses it. */
function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new InvalidInputError(
      {
        field: 'pyproject.toml',
        expected: 'UTF-8 text (TOML 1.0)',
        hint: 'Save the file as UTF-8.',
      },
      'pypi-invalid-pyproject',
    );
  }
}
