/** In CEL: what follows the name of an image. It has no slash, which tells it from a registry's port. */
export function suffixOf(image: string): string {
  return `${image}.find(r'[:@][^/]*$')`;
}

/**
 * In CEL: whether an image is one of `names`, however it is written. It completes the name as `completeName`
 * does. One regular expression of all names would be shorter, and exceed what Kubernetes lets an expression
 * cost in a pod of 60 containers and a policy of 100 names.
 */
export function isOursExpression(image: string, names: readonly string[]): string {
  const exact = names.filter((name) => !name.endsWith('/*')).map((name) => `'${name}'`);
  const prefixes = names.filter((name) => name.endsWith('/*')).map((name) => name.slice(0, -1));
  const tests = [
    ...(exact.length > 0 ? [`full in [${exact.join(', ')}]`] : []),
    ...prefixes.map((prefix) => `full.startsWith('${prefix}')`),
  ];
  return `[${image}]
    .map(text, text.substring(0, text.size() - ${suffixOf('text')}.size()))
    .map(name, name.matches(r'^(?:[^/]*[.:A-Z][^/]*|localhost)/') ? name : 'docker.io/' + name)
    .map(name, {
      'host': name.substring(0, name.indexOf('/')).lowerAscii(),
      'path': name.substring(name.indexOf('/') + 1)
    })
    .map(name, {
      'host': name.host.matches(r':0*443$') ? name.host.substring(0, name.host.lastIndexOf(':')) : name.host,
      'path': name.path
    })
    .map(name, name.host in ['docker.io', 'index.docker.io']
      ? 'docker.io/' + (name.path.contains('/') ? '' : 'library/') + name.path
      : name.host + '/' + name.path)
    .exists(full, ${tests.join(' || ')})`;
}
