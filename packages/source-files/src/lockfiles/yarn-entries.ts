import type { LockedEntry } from './graph.ts';

/** What is asked for: a name and a range, as yarn.lock writes them. */
export interface Descriptor {
  readonly name: string;
  readonly range: string;
}

/** One entry of a yarn.lock, or a package of the workspace. */
export interface YarnEntry {
  readonly entry: LockedEntry;
  /** Of a package of the workspace. */
  readonly folder?: string;
  /** How other packages of the lockfile name it, for `resolutions`: its name and version. */
  readonly locator: Descriptor;
  readonly descriptors: readonly Descriptor[];
  readonly needs: readonly Descriptor[];
  /** What only its development needs. */
  readonly develops: readonly Descriptor[];
}

/** Splits `@acme/sdk@npm:^1.0.0`. */
export function readDescriptor(text: string): Descriptor | undefined {
  const cut = text.indexOf('@', 1);
  return cut === -1 ? undefined : { name: text.slice(0, cut), range: text.slice(cut + 1) };
}

/** Without what Yarn binds to the project that asks: `patch:…::locator=root%40workspace%3A.`. */
export function withoutBinding(range: string): string {
  return range.split('::', 1)[0] ?? '';
}

export function withoutNpm(range: string): string {
  return range.startsWith('npm:') ? range.slice('npm:'.length) : range;
}
