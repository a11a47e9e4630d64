import type { SourceFiles } from '@ameide/versioning-core';
import type { Use, Used } from './service.ts';

const DOCKERFILE =
  /(?:^|\/)(?:Dockerfile|Containerfile)(?:\.[^/]*)?$|\.(?:dockerfile|containerfile)$/i;

/**
 * Our images in Dockerfiles whose version is in a variable without a default: it is known only when
 * somebody builds.
 */
export async function unsetImages(
  files: SourceFiles,
  isIncluded: (path: string) => boolean,
  artifacts: readonly Used[],
): Promise<readonly Use[]> {
  const names = artifacts.flatMap(({ ecosystem, name }) => (ecosystem === 'oci' ? name : []));
  const found: Use[] = [];
  for (const { mode, path } of names.length === 0 ? [] : await files.list('')) {
    if ((mode !== 'file' && mode !== 'executable') || !DOCKERFILE.test(path) || !isIncluded(path))
      continue;
    found.push(...unsetIn(path, (await files.readText(path)) ?? '', names));
  }
  return found;
}

function unsetIn(path: string, text: string, names: readonly string[]): readonly Use[] {
  const hasDefault = new Set(
    [...text.matchAll(/^[^\S\n]*ARG\s+(\w+)=/gim)].map(([, variable]) => variable),
  );
  return text.split('\n').flatMap((written, index) => {
    const [, image = ''] = /^\s*FROM\s+(?:--\S+\s+)*["']?([^\s"']+)/i.exec(written) ?? [];
    const variables = [...image.matchAll(/\$\{?(\w+)(?!\w|:?-)/g)].map(([, variable]) => variable);
    if (variables.every((variable) => hasDefault.has(variable))) return [];
    const name = names.find((one) => isNamed(image, one));
    const at = { path, line: index + 1, isDirect: true } as const;
    return name === undefined
      ? []
      : [{ ecosystem: 'oci', name, kind: 'not-locked', version: image, ...at } as const];
  });
}

/** `ghcr.io/acme/sdk:$TAG`, and `${REGISTRY}/sdk:0.1.0` by its last part. */
function isNamed(image: string, name: string): boolean {
  const last = name.slice(name.lastIndexOf('/') + 1);
  const [, rest = ''] = /^(?:\$\{?\w+\}?\/(?:[^/$]+\/)*)(.*)$/.exec(image) ?? [];
  return [
    image.startsWith(name) ? image.slice(name.length) : '-',
    rest.startsWith(last) ? rest.slice(last.length) : '-',
  ].some((after) => /^(?:$|[:@$])/.test(after));
}
