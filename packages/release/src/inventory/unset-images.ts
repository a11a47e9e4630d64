import type { Dependency } from '@ameide/source-files/dependencies';
import type { SourceFiles } from '@ameide/versioning-core';
import type { Use, Used } from './service.ts';

const DOCKERFILE =
  /(?:^|\/)(?:Dockerfile|Containerfile)(?:\.[^/]*)?$|\.(?:dockerfile|containerfile)$/i;

interface Question {
  readonly files: SourceFiles;
  readonly artifacts: readonly Used[];
  /** Images that are read already. */
  readonly images: readonly Dependency[];
}

/**
 * Other images of ours in Dockerfiles whose version is in a variable without a default: it is known only when
 * somebody builds.
 */
export async function unsetImages(
  { artifacts, files, images }: Question,
  isIncluded: (path: string) => boolean,
): Promise<readonly Use[]> {
  const names = imageNames(artifacts);
  const known = new Set(images.map((one) => `${one.place.path} ${one.name}${one.requirement}`));
  const found: Use[] = [];
  for (const { mode, path } of names.length === 0 ? [] : await files.list('')) {
    if ((mode !== 'file' && mode !== 'executable') || !DOCKERFILE.test(path) || !isIncluded(path))
      continue;
    const bytes = await files.readBytes(path);
    found.push(...unsetInDockerfile(path, new TextDecoder().decode(bytes), names));
  }
  return found.filter(({ path, version }) => !known.has(`${path} ${version}`));
}

export function imageNames(artifacts: readonly Used[]): readonly string[] {
  return artifacts.flatMap(({ ecosystem, name }) => (ecosystem === 'oci' ? name : []));
}

/** Images of `FROM`, `COPY --from` and `RUN --mount=from`: https://docs.docker.com/reference/dockerfile/ */
const TAKEN =
  /^\s*FROM\s+(?:--\S+\s+)*["']?([^\s"']+)|[\s,]--?(?:mount=\S*?,?)?from=["']?([^\s"',]+)/gi;

function unsetInDockerfile(path: string, text: string, names: readonly string[]): readonly Use[] {
  const hasDefault = new Set(
    [...text.matchAll(/^[^\S\n]*ARG\s+(\w+)=/gim)].map(([, variable]) => variable),
  );
  return instructions(text).flatMap(({ line, text: instruction }) =>
    [...instruction.matchAll(TAKEN)].flatMap(([, base, stage]) => {
      const image = base ?? stage ?? '';
      const variables = unsetVariables(image);
      return variables.every((variable) => hasDefault.has(variable))
        ? []
        : useOf(image, names, { path, line });
    }),
  );
}

/** Instructions, which may go on in the next lines. */
function instructions(text: string): readonly { readonly line: number; readonly text: string }[] {
  const found: { line: number; text: string }[] = [];
  let isOpen = false;
  for (const [index, written] of text.split('\n').entries()) {
    if (/^\s*#/.test(written)) continue;
    const above = isOpen ? found.at(-1) : undefined;
    if (above === undefined) found.push({ line: index + 1, text: written });
    else above.text = `${above.text.replace(/\\\s*$/, '')} ${written}`;
    isOpen = /\\\s*$/.test(written);
  }
  return found;
}

/**
 * Our images in a Compose file, a Kubernetes manifest or a Helm template whose version is in a variable without a
 * default, or in an expression of a template: it is known only when somebody runs or renders it.
 */
export function unsetInManifest(
  path: string,
  text: string,
  names: readonly string[],
): readonly Use[] {
  return text.split('\n').flatMap((written, index) => {
    const [, image = ''] =
      /^[\s{,-]*(?:["']?[\w.-]*image["']?\s*:\s*)["']?([^\s"'{]*(?:\{\{.*?\}\}[^\s"'{]*|\$?\{[^}\s]*\}[^\s"'{]*)*)/i.exec(
        written,
      ) ?? [];
    const isSet = !image.includes('{{') && unsetVariables(image).length === 0;
    return isSet ? [] : useOf(image, names, { path, line: index + 1 });
  });
}

function unsetVariables(image: string): readonly string[] {
  return [...image.matchAll(/\$[({]?(\w+)(?!\w|:?-)/g)].map(([, variable = '']) => variable);
}

function useOf(
  image: string,
  names: readonly string[],
  at: Pick<Use, 'path' | 'line'>,
): readonly Use[] {
  const name = names.find((one) => isNamed(image, one));
  return name === undefined
    ? []
    : [{ ecosystem: 'oci', name, kind: 'not-locked', version: image, ...at, isDirect: true }];
}

/** `ghcr.io/acme/sdk:$TAG`, and `${REGISTRY}/sdk:0.1.0` by its last part. */
function isNamed(image: string, name: string): boolean {
  const last = name.slice(name.lastIndexOf('/') + 1);
  const [, rest = ''] =
    /^(?:(?:\$\{[^}]*\}|\$\w+|\{\{.*?\}\})\/(?:[^/${]+\/)*)(.*)$/.exec(image) ?? [];
  return [
    image.startsWith(name) ? image.slice(name.length) : '-',
    rest.startsWith(last) ? rest.slice(last.length) : '-',
  ].some((after) => /^(?:$|[:@$])/.test(after));
}
