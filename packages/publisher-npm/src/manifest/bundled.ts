import { isObject, type JsonObject } from './json.ts';

/** The names of the dependencies that travel inside the package. */
export function bundledNames(manifest: JsonObject): readonly string[] {
  const named = manifest['bundleDependencies'] ?? manifest['bundledDependencies'];
  if (named === true) return dependencyNames(manifest['dependencies']);
  if (Array.isArray(named)) return named.filter((name) => typeof name === 'string');
  return dependencyNames(named);
}

/** The names in `dependencies` or a field like it. */
export function dependencyNames(field: unknown): readonly string[] {
  return isObject(field) ? Object.keys(field) : [];
}
