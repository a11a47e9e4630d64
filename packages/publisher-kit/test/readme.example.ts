import { join } from 'node:path';
import {
  createHttp,
  createWorkspace,
  FileBody,
  httpProblem,
  Secret,
  writeTarGz,
} from '@ameide/publisher-kit';

export async function upload(
  directory: string,
  paths: readonly string[],
  url: string,
  token: string,
  signal: AbortSignal,
) {
  await using workspace = await createWorkspace();
  const entries = paths.map((path) => ({ path, content: { file: join(directory, path) } }));
  const archive = join(workspace.directory, 'upload.tar.gz');
  const { sha256, size } = await writeTarGz(archive, entries, { signal });
  const body = new FileBody(archive, size);
  const credential = {
    scheme: 'bearer',
    origin: new URL(url).origin,
    token: new Secret(token),
  } as const;
  const failure = { code: 'demo', what: `upload ${directory}`, effect: 'unknown' } as const;
  try {
    const response = await createHttp().request({ method: 'PUT', url, body, credential, signal });
    return response.status === 201
      ? { sha256 }
      : { problem: httpProblem({ ...failure, response }) };
  } catch (error) {
    return { problem: httpProblem({ ...failure, error }) };
  }
}
