import { InvalidInputError, received } from '../../errors.ts';

/** A module path split at its major version: golang.org/x/mod/module, `SplitPathVersion`. */
export interface GoModulePath {
  /** The whole path, `github.com/ameideio/ameide-sdk-go/v2`. */
  readonly path: string;
  /** Without the major version, `github.com/ameideio/ameide-sdk-go`. */
  readonly prefix: string;
  /** `''`, `/v2`, or on gopkg.in `.v1` and `.v2-unstable`. */
  readonly major: string;
}

const ELEMENT = /^[A-Za-z0-9_~-][A-Za-z0-9._~-]*$/;
const WINDOWS_DEVICE = /^(?:con|prn|aux|nul|com[1-9]|lpt[1-9])$/i;

/** Parses a module path by the rules of `module.CheckPath`. Throws `InvalidInputError`. */
export function parseGoModulePath(value: unknown, field = 'modulePath'): GoModulePath {
  const split =
    typeof value === 'string' && isCheckedPath(value) ? splitPathVersion(value) : undefined;
  if (split !== undefined) return split;
  throw new InvalidInputError({
    field,
    received: received(value),
    expected:
      'a Go module path, for example github.com/ameideio/ameide-sdk-go, with /v2, /v3, … at its end from major version 2 on',
  });
}

function isCheckedPath(path: string): boolean {
  const elements = path.split('/');
  const host = elements[0] ?? '';
  return (
    host.includes('.') && /^[a-z0-9.][a-z0-9.-]*$/.test(host) && elements.every(isCheckedElement)
  );
}

function isCheckedElement(element: string): boolean {
  const short = element.split('.')[0] ?? '';
  return (
    ELEMENT.test(element) &&
    !element.endsWith('.') &&
    !WINDOWS_DEVICE.test(short) &&
    !/~[0-9]+$/.test(short)
  );
}

/**
 * `module.SplitPathVersion`: returns undefined if the path's end is not a valid major version. Does
 * not check the part before it.
 */
export function splitPathVersion(path: string): GoModulePath | undefined {
  if (path.startsWith('gopkg.in/')) {
    const m = /^(.*)(\.v(?:0|[1-9][0-9]*)(?:-unstable)?)$/.exec(path);
    return m === null ? undefined : { path, prefix: m[1] ?? '', major: m[2] ?? '' };
  }
  // `/v2.1`, `/v02` and `/v1` look like a major version but are not, so this is not a module path.
  const m = /^(.*)(\/v[0-9.]+)$/.exec(path);
  if (m === null) return { path, prefix: path, major: '' };
  return /^\/v(?:[2-9]|[1-9][0-9]+)$/.test(m[2] ?? '')
    ? { path, prefix: m[1] ?? '', major: m[2] ?? '' }
    : undefined;
}

/**
 * `module.MatchPathMajor`: true if a module path that ends in `major` may have this canonical
 * version.
 */
export function matchesPathMajor(version: string, major: string): boolean {
  // "Allow old bug in pseudo-versions that generated v0.0.0- pseudoversion for gopkg .v1."
  if (major.replace('-unstable', '') === '.v1' && version.startsWith('v0.0.0-')) return true;
  const own = /^v[0-9]+/.exec(version)?.[0] ?? '';
  return major === '' ? own === 'v0' || own === 'v1' : own === pathMajorPrefix(major);
}

/** `module.PathMajorPrefix`: `v2` for `/v2`; `''` for a path without a major version. */
export function pathMajorPrefix(major: string): string {
  return major.slice(1).replace('-unstable', '');
}
