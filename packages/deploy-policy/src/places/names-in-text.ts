const DOCKER = 'docker.io/';
const LIBRARY = 'library/';

/** The source of a regular expression for the names, and name patterns, of images as texts have them. */
export function nameExpression(names: readonly string[]): string {
  return names.map(expressionOf).join('|');
}

function expressionOf(name: string): string {
  const isPrefix = name.endsWith('/*');
  const exact = (isPrefix ? name.slice(0, -1) : name).replaceAll(/[.[\]]/g, String.raw`\$&`);
  const [host = '', ...path] = exact.split('/');
  const rest = `${path.join('/')}${isPrefix ? '[a-z0-9._/-]*[a-z0-9]' : ''}`;
  // A registry's name has no case, and may name its port.
  const at = `${host}(?::0*443)?/`;
  if (!name.startsWith(DOCKER)) return `${at}${rest}`;
  // Without its registry, a name of one word is any word: `redis:6379` is an address.
  if (rest.startsWith(LIBRARY))
    return `(?:(?:index\\.)?${at}(?:${LIBRARY})?|${LIBRARY})${rest.slice(LIBRARY.length)}`;
  return `(?:(?:index\\.)?${at})${rest.includes('/') && path[0] !== '' ? '?' : ''}${rest}`;
}

/** The length of the shortest text that can be one of these names. */
export function shortestLength(names: readonly string[]): number {
  return Math.min(
    ...names.map((name) => name.replace(DOCKER, '').replace(LIBRARY, '').replace('*', 'x').length),
  );
}
