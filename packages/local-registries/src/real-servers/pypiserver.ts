import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunningPythonIndex } from '../python-index/index.ts';
import { createToken } from '../state-folder.ts';
import { startProgram } from './child-server.ts';
import { type RealServerOptions, startReal } from './open.ts';

export interface PypiserverOptions extends RealServerOptions {
  /** The password of the user `__token__`. Default: a new one. */
  readonly token?: string;
}

/**
 * Starts pypiserver: anybody may read; uploads need `__token__` and the token; it refuses an
 * existing file with 409. It has only HTML, no Simple JSON API. It does not fall back to public
 * PyPI.
 */
export async function startPypiserver(
  options: PypiserverOptions = {},
): Promise<RunningPythonIndex> {
  const token = options.token ?? createToken('pypi-local-');
  return startReal('pypiserver', options.directory, async (state, command) => {
    const packages = join(state.directory, 'packages');
    const passwords = join(state.directory, 'htpasswd');
    await mkdir(packages, { recursive: true });
    // Apache's {SHA} form, which needs no bcrypt: the token is random, so a slow hash would protect
    // nothing.
    const hash = createHash('sha1').update(token).digest('base64');
    await writeFile(passwords, `__token__:{SHA}${hash}\n`, { mode: 0o600 });
    const server = await startProgram(state, {
      command: [
        ...command,
        'run',
        '-v',
        '--interface',
        '127.0.0.1',
        '--port',
        '0',
        '-P',
        passwords,
        '-a',
        'update',
        '--disable-fallback',
        packages,
      ],
      listening: /Serving on http:\/\/127\.0\.0\.1:([1-9]\d*)/,
    });
    return Object.assign(server, {
      uploadUrl: `${server.url}/`,
      simpleUrl: `${server.url}/simple/`,
      token,
    });
  });
}
