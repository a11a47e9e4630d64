// https://docs.npmjs.com/cli/configuring-npm/package-json#name, as validate-npm-package-name checks a new package.
const NAME = /^(?:@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/;
const RESERVED: ReadonlySet<string> = new Set(['node_modules', 'favicon.ico']);

/** Whether npm accepts it as the name of a new package: lower case, URL-safe, at most 214 characters, no leading `.` or `_`. */
export function isPackageName(name: unknown): name is string {
  return typeof name === 'string' && name.length <= 214 && NAME.test(name) && !RESERVED.has(name);
}

/** The name as one segment of a registry URL: `@scope%2fname`. */
export function escapedName(name: string): string {
  return name.replace('/', '%2f');
}

/** The tarball's file name as `npm pack` gives it: `@scope/name` at `1.0.0` is `scope-name-1.0.0.tgz`. */
export function tarballName(name: string, version: string): string {
  return `${name.replace(/^@/, '').replace('/', '-')}-${version}.tgz`;
}
