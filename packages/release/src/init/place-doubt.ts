import { isObject, type JsonObject } from '@ameide/source-files/json';
import { isAside } from '@ameide/source-files/packages';
import { folderOf } from '@ameide/versioning-core';

/** Folders at the root that have programs and tools, not packages for others. */
const OWN_USE =
  /^(?:apps?|services?|tools?|scripts?|hack|ci|docs?|documentation|websites?|www|site|e2e|infra|deploy(?:ments?)?|dev-packages|packages-private)$/;

/**
 * Why a package in this folder is not published unless somebody says so: `it is below tools/`. `init` proposes none
 * of these, and `doctor` does not ask for them.
 */
export function placeDoubt(directory: string, json: JsonObject = {}): string | undefined {
  // A package with a publishConfig is meant to be published.
  if (isObject(json['publishConfig'])) return undefined;
  const [top = ''] = directory.split('/');
  const own = directory.slice(directory.lastIndexOf('/') + 1);
  // A folder `babel-template` among packages is a product; `examples/basic` and `template` are not.
  if (isAside(folderOf(directory)) || (isAside(own) && !/[-_]/.test(own)))
    return 'its folder is one for tests, examples or templates';
  return OWN_USE.test(top) ? `it is below ${top}/` : undefined;
}

/** The package.json in the root of a workspace often has a name only because a tool wants one. */
export function rootDoubt(json: JsonObject): string | undefined {
  return ['main', 'module', 'exports', 'bin', 'types'].some((name) => name in json)
    ? undefined
    : 'it is the root of a workspace and exports nothing';
}
