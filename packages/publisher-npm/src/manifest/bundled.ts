import { isObject, type JsonObject } from '@ameide/source-files/json';

/** Returns the names of the dependencies that the package contains. */
export function bundledNames(manifest: JsonObject): readonly string[] {
  const named = manifest['bundleDependencies'] ?? manifest['bundledDependencies'];
  if (named === true) return dependencyNames(manifest['dependencies']);
  if (Array.isArray(named)) return named.filter((name) => typeof name === 'string');
  return dependencyNames(named);
}

/** Returns the names in a field such as `dependencies`. */
export function dependencyNames(field: unknown): readonly string[] {
  return isObject(field) ? Object.keys(field) : [];
}
