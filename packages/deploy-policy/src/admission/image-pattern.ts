import { InvalidInputError } from '@ameide/versioning-core';

/** Characters of the repository's name; where they end, the tag or the digest begins. */
const PATH = '[a-z0-9._/-]+';
const COMPONENT = '[a-z0-9._-]+';
const DOCKER = String.raw`(?i:(?:index\.)?docker\.io)`;

/**
 * Returns the regular expression (RE2, without look-around) of every image that `names` mean, however a
 * manifest writes it: a registry's name has no case and may name its port, and Docker's own may be left out.
 * What comes after the name may be anything: whether it is a tag or a digest, the rules say.
 */
export function imagePattern(names: readonly string[]): string {
  const paths = new Map<string, string[]>();
  for (const name of names) {
    const cut = name.indexOf('/');
    const host = name.slice(0, cut);
    paths.set(host, [...(paths.get(host) ?? []), name.slice(cut + 1)]);
  }
  const alternatives = [...paths].map(([host, below]) =>
    host === 'docker.io'
      ? dockerPattern(below)
      : `${hostPattern(host)}/${anyOf(below, pathPattern)}`,
  );
  return `^(?:${alternatives.join('|')})(?:[:@][^/]*)?$`;
}

function hostPattern(host: string): string {
  const port = /:\d+$/.test(host) ? '' : '(?::0*443)?';
  return `(?i:${escaped(host)})${port}`;
}

function pathPattern(path: string): string {
  if (path === '*') return PATH;
  return path.endsWith('/*') ? `${escaped(path.slice(0, -1))}${PATH}` : escaped(path);
}

/** Docker's registry needs no name, and the images of Docker itself no account. */
function dockerPattern(paths: readonly string[]): string {
  return `(?:${DOCKER}(?::0*443)?/)?${anyOf(paths, (path) => {
    if (path === '*') throw everyDockerImage();
    if (path === 'library/*') return `(?:library/${PATH}|${COMPONENT})`;
    if (path.startsWith('library/'))
      return `(?:library/)?${escaped(path.slice('library/'.length))}`;
    return pathPattern(path);
  })}`;
}

function everyDockerImage(): InvalidInputError {
  return new InvalidInputError(
    {
      field: 'deploy.images',
      received: 'docker.io/*',
      expected:
        'an account of docker.io, because admission cannot tell its images without a registry from others',
      hint: 'Name the accounts: docker.io/acme/*.',
    },
    'deploy-option',
  );
}

function anyOf(paths: readonly string[], patternOf: (path: string) => string): string {
  const patterns = paths.map(patternOf);
  return patterns.length === 1 ? patterns.join('') : `(?:${patterns.join('|')})`;
}

function escaped(text: string): string {
  return text.replaceAll(/[.[\]]/g, String.raw`\$&`);
}
