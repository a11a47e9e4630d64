import { readFile } from 'node:fs/promises';
import {
  createHttp,
  gzip,
  httpProblem,
  packTar,
  readFolder,
  Secret,
  sha512Integrity,
} from '@ameide/publisher-kit';

export async function upload(directory: string, url: string, token: string, signal: AbortSignal) {
  const files = await readFolder(directory, {
    ignore: (path) => path === '.git/' || path === '.env',
  });
  const entries = files.map(async ({ path, absolute, executable }) => ({
    path,
    executable,
    content: await readFile(absolute),
  }));
  const body = await gzip(await packTar(await Promise.all(entries)));
  const credential = {
    scheme: 'bearer',
    origin: new URL(url).origin,
    token: new Secret(token),
  } as const;
  const failure = { code: 'demo', what: `upload ${directory}`, effect: 'unknown' } as const;
  try {
    const response = await createHttp().request({ method: 'PUT', url, body, credential, signal });
    return response.status === 201
      ? { integrity: sha512Integrity(body) }
      : { problem: httpProblem({ ...failure, response }) };
  } catch (error) {
    return { problem: httpProblem({ ...failure, error }) };
  }
}
