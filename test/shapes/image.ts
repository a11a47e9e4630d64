import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { listArchive } from './archive.ts';
import type { Files } from './shape.ts';

/** The files of an image that `docker save` has written and `tar` has unpacked into `folder`. */
export async function savedImage(folder: string): Promise<Files> {
  const [image] = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')) as readonly {
    readonly Layers: readonly string[];
  }[];
  return listArchive(...(image?.Layers ?? []).map((layer) => join(folder, layer)));
}

interface Manifest {
  readonly layers: readonly { readonly digest: string }[];
}

/** The files of an image in a registry, its layers downloaded into `folder`. */
export async function pulledImage(
  registry: string,
  repository: string,
  tag: string,
  folder: string,
): Promise<Files> {
  const get = async (path: string): Promise<Response> => {
    const answer = await fetch(`${registry}/v2/${repository}/${path}`, {
      headers: {
        accept:
          'application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json',
      },
    });
    if (!answer.ok) throw new Error(`${answer.url} answers ${answer.status}`);
    return answer;
  };
  const { layers } = (await (await get(`manifests/${tag}`)).json()) as Manifest;
  const paths: string[] = [];
  for (const { digest } of layers) {
    const path = join(folder, digest.replace(':', '-'));
    await writeFile(path, await (await get(`blobs/${digest}`)).bytes());
    paths.push(path);
  }
  return listArchive(...paths);
}
