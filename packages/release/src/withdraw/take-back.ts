import { movePointerCommand, type PointerFinding } from '@ameide/versioning-core';
import { shellWord } from '../report/shell-word.ts';

export interface Moved {
  readonly found: PointerFinding;
  /** What the pointer names then. */
  readonly to: string;
  readonly registry: string;
  /** `--only` of a package at several registries. */
  readonly only: string;
  /** Every release and candidate that the repository has a tag for. */
  readonly tagged: ReadonlySet<string>;
}

/**
 * The command that puts a pointer back. `move-pointer` only moves to what a release has published: for a version of
 * another tool it is the registry's own tool.
 */
export function takeBack({ found, only, registry, tagged, to }: Moved): string {
  const { pointer, sha, version: from = '' } = found;
  const isOurs = sha !== undefined && tagged.has(from.replace(/^v(?=\d)/, ''));
  if (isOurs) return `${movePointerCommand({ ...pointer, version: from }, to)}${only}`;
  const { ecosystem, name, pointer: tag } = pointer;
  if (ecosystem === 'npm')
    return `npm dist-tag add ${shellWord(`${name}@${from}`)} ${shellWord(tag)} --registry ${shellWord(registry)}`;
  if (ecosystem === 'oci')
    return `crane tag ${shellWord(`${name}${from.startsWith('sha256:') ? '@' : ':'}${from}`)} ${shellWord(tag)}`;
  return `git push --force ${shellWord(registry)} ${shellWord(`${from}^{commit}:refs/heads/${tag}`)}`;
}
