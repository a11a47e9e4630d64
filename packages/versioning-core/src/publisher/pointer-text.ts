import { InvalidInputError, received } from '../errors.ts';
import { parseGithubName } from '../names/github-name.ts';
import { parseNpmName } from '../names/npm-name.ts';
import { isOciTag, parseOciName } from '../names/oci-name.ts';
import { parseGoModulePath } from '../versions/go/path.ts';
import type { Pointer } from './coordinate.ts';

/** A pointer without what it should name. */
export type PointerName = Omit<Pointer, 'version'>;

const EXAMPLES =
  'npm:@ameideio/ameide-sdk-ts@dev, oci:ghcr.io/ameideio/ameide-sdk-ts:dev, go:github.com/ameideio/ameide-sdk-go@dev or github:ameideio/ameide@latest';

/** Writes a pointer as one line that `parsePointer` can read back: `npm:@scope/name@dev`. */
export function formatPointer({ ecosystem, name, pointer }: PointerName): string {
  return `${ecosystem}:${name}${ecosystem === 'oci' ? ':' : '@'}${pointer}`;
}

/** Reads a pointer. Throws `InvalidInputError`. PyPI has none. */
export function parsePointer(text: unknown, field = 'pointer'): PointerName {
  const pointer = typeof text === 'string' && text.length <= 1000 ? split(text, field) : undefined;
  if (pointer !== undefined) return pointer;
  throw new InvalidInputError({
    field,
    received: received(text),
    expected: `a pointer: an npm dist-tag, a moving tag of an image, a branch of a Go mirror, or the latest release on GitHub`,
    hint: `For example ${EXAMPLES}`,
  });
}

function split(text: string, field: string): PointerName | undefined {
  const [, ecosystem, rest = ''] = /^(npm|oci|go|github):(.+)$/.exec(text) ?? [];
  // The first slash of an image ends the host and its port. A scope of npm begins with "@".
  const cut =
    ecosystem === 'oci' ? rest.indexOf(':', rest.indexOf('/') + 1) : rest.lastIndexOf('@');
  if (cut <= 0) return undefined;
  const [name, pointer] = [rest.slice(0, cut), rest.slice(cut + 1)];
  if (!/^[A-Za-z0-9][\w./-]*$/.test(pointer)) return undefined;
  if (ecosystem === 'npm') return { ecosystem, name: parseNpmName(name, field), pointer };
  if (ecosystem === 'go') return { ecosystem, name: parseGoModulePath(name, field).path, pointer };
  if (ecosystem === 'github') return { ecosystem, name: parseGithubName(name, field), pointer };
  if (ecosystem !== 'oci' || !isOciTag(pointer)) return undefined;
  return { ecosystem, name: parseOciName(name, field), pointer };
}

/**
 * Returns the command by which a person moves a pointer. `from` is what it names now, as
 * `PointerFinding.version` shows it.
 */
export function movePointerCommand(pointer: Pointer, from: string): string {
  return `ameide-release move-pointer ${formatPointer(pointer)} --to ${word(pointer.version)} --from ${word(from)}`;
}

/** Labels of images come from outside, so the command must not run them when it is pasted. */
function word(text: string): string {
  return /^[\w.+:/@-]+$/.test(text) ? text : `'${text.replace(/[^\w.+:/@ -]/g, '?')}'`;
}
