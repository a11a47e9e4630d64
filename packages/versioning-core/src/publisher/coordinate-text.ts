import parseSemver from 'semver/functions/parse.js';
import { InvalidInputError, received } from '../errors.ts';
import { isGitTag, parseGithubName } from '../names/github-name.ts';
import { parseNpmName } from '../names/npm-name.ts';
import { isOciDigest, isOciTag, parseOciName } from '../names/oci-name.ts';
import { parsePypiName } from '../names/pypi-name.ts';
import { matchesPathMajor, parseGoModulePath } from '../versions/go/path.ts';
import { formatGoSemver, parseGoSemver } from '../versions/go/semver.ts';
import { attempt } from '../versions/parsed.ts';
import { normalisePep440 } from '../versions/pep440.ts';
import type { Coordinate, Ecosystem } from './coordinate.ts';

const EXAMPLES: Readonly<Record<Ecosystem, string>> = {
  npm: 'npm:@ameideio/ameide-sdk-ts@0.1.0',
  pypi: 'pypi:ameide-sdk-python==0.1.0',
  go: 'go:github.com/ameideio/ameide-sdk-go@v0.1.0',
  oci: 'oci:ghcr.io/ameideio/ameide-sdk-ts:0.1.0 or oci:ghcr.io/ameideio/ameide-sdk-ts@sha256:<64 hex digits>',
  github: 'github:ameideio/ameide@v0.1.0',
};

/** The tag by which a Go mirror names the source commit, 40 or 64 hex digits. */
const SOURCE_TAG = /^source-(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

const PARSERS: ReadonlyMap<string, (text: string, field: string) => Coordinate> = new Map([
  ['npm', parseNpm],
  ['pypi', parsePypi],
  ['go', parseGo],
  ['oci', parseOci],
  ['github', parseGithub],
]);

/** Writes a coordinate as one line that `parseCoordinate` can read back. */
export function formatCoordinate(coordinate: Coordinate): string {
  const { ecosystem, name, version } = coordinate;
  return `${ecosystem}:${name}${separator(ecosystem, version)}${version}`;
}

/**
 * Reads a coordinate and normalises it to what the registry serves: PyPI's name and version (PEP
 * 503, PEP 440), npm's version without build metadata, the OCI host in lower case. Throws
 * `InvalidInputError`.
 */
export function parseCoordinate(text: unknown, field = 'coordinate'): Coordinate {
  if (typeof text === 'string' && text.length <= 1000) {
    const cut = text.indexOf(':');
    const parse = PARSERS.get(text.slice(0, Math.max(cut, 0)));
    if (parse !== undefined) return parse(text.slice(cut + 1), field);
  }
  const meant = typeof text === 'string' ? prefixHint(text) : undefined;
  throw new InvalidInputError({
    field,
    received: received(text),
    expected: `npm:, pypi:, go:, oci: or github: before a name and a version, for example ${EXAMPLES.npm}`,
    hint:
      meant ??
      `The other forms: ${EXAMPLES.pypi}, ${EXAMPLES.go}, ${EXAMPLES.oci}, ${EXAMPLES.github}`,
  });
}

/** Returns the hint for a coordinate without its ecosystem; undefined if the text is none. */
export function prefixHint(text: string): string | undefined {
  const meant = [...PARSERS].flatMap(([ecosystem, parse]) => {
    const coordinate = attempt(() => parse(text, 'coordinate'));
    return coordinate === undefined ? [] : [`${ecosystem}:${text}`];
  });
  return meant.length === 0
    ? undefined
    : `Write the ecosystem before an artifact: ${meant.join(' or ')}`;
}

function separator(ecosystem: Ecosystem, version: string): string {
  if (ecosystem === 'oci') return isOciDigest(version) ? '@' : ':';
  return ecosystem === 'pypi' ? '==' : '@';
}

function parseNpm(text: string, field: string): Coordinate {
  const cut = text.lastIndexOf('@');
  // A scope also begins with "@".
  if (cut <= 0) throw noVersion(`npm:${parseNpmName(text, field)}@`, field);
  const name = parseNpmName(text.slice(0, cut), field);
  const version = text.slice(cut + 1);
  // `semver.parse` accepts a leading `v` or `=`, so accept a version only if it prints back
  // unchanged.
  const semver = parseSemver(version);
  if (
    semver === null ||
    semver.raw !== semver.version + (semver.build.length > 0 ? `+${semver.build.join('.')}` : '')
  ) {
    throw wrongVersion('npm', version, field, `npm view ${name} dist-tags`);
  }
  return { ecosystem: 'npm', name, version: semver.version };
}

function parsePypi(text: string, field: string): Coordinate {
  const cut = text.indexOf('==');
  if (cut === -1 && /[@=<>~!]/.test(text)) {
    throw new InvalidInputError({
      field,
      received: text,
      expected: `"==" between name and version, as in ${EXAMPLES.pypi}`,
    });
  }
  if (cut === -1) throw noVersion(`pypi:${parsePypiName(text, field)}==`, field);
  const name = parsePypiName(text.slice(0, cut), field);
  const version = normalisePep440(text.slice(cut + 2));
  if (version === undefined)
    throw wrongVersion('pypi', text.slice(cut + 2), field, `pip index versions ${name}`);
  return { ecosystem: 'pypi', name, version };
}

function parseGo(text: string, field: string): Coordinate {
  const cut = text.lastIndexOf('@');
  if (cut === -1) throw noVersion(`go:${parseGoModulePath(text, field).path}@`, field);
  const module = parseGoModulePath(text.slice(0, cut), field);
  const version = text.slice(cut + 1);
  // `source-<sha>` is a query that `go` resolves to a pseudo-version. It is the only name of a
  // mirror's dev build that we know without asking the mirror.
  if (SOURCE_TAG.test(version)) return { ecosystem: 'go', name: module.path, version };
  const semver = parseGoSemver(version);
  const incompatible =
    semver?.build === 'incompatible' && module.major === '' && !matchesPathMajor(version, '');
  if (semver === undefined || (formatGoSemver(semver) !== version && !incompatible))
    throw wrongVersion('go', version, field, `go list -m ${module.path}@${version}`);
  if (!incompatible && !matchesPathMajor(version, module.major)) {
    throw new InvalidInputError(
      {
        field,
        received: text,
        expected:
          'a version whose major number is the one at the end of the module path (none for v0 and v1)',
      },
      'module-path-major',
    );
  }
  return { ecosystem: 'go', name: module.path, version };
}

function parseOci(text: string, field: string): Coordinate {
  const at = text.indexOf('@');
  // The first slash ends the host and its port, so look for the tag's colon after it.
  const cut = at === -1 ? text.indexOf(':', text.indexOf('/') + 1) : at;
  if (cut === -1 || !text.includes('/'))
    throw noVersion(`oci:${parseOciName(text, field)}:`, field);
  const name = parseOciName(text.slice(0, cut), field);
  const version = text.slice(cut + 1);
  if (at === -1 ? isOciTag(version) : isOciDigest(version))
    return { ecosystem: 'oci', name, version };
  throw wrongVersion('oci', version, field);
}

function parseGithub(text: string, field: string): Coordinate {
  // Neither an owner nor a repository has an "@"; a tag may.
  const cut = text.indexOf('@');
  if (cut === -1) throw noVersion(`github:${parseGithubName(text, field)}@`, field);
  const name = parseGithubName(text.slice(0, cut), field);
  const version = text.slice(cut + 1);
  if (isGitTag(version)) return { ecosystem: 'github', name, version };
  throw wrongVersion('github', version, field);
}

/** `named` is a valid coordinate up to its missing version. */
function noVersion(named: string, field: string): InvalidInputError {
  return new InvalidInputError({ field, expected: `a version, which is missing: ${named}VERSION` });
}

/** `list` is the command that shows which version a name such as `latest` means now. */
function wrongVersion(
  ecosystem: Ecosystem,
  version: string,
  field: string,
  list?: string,
): InvalidInputError {
  const isName = /^[A-Za-z][\w./-]*$/.test(version) && !/^v\d+\.\d+\.\d+/.test(version);
  return new InvalidInputError({
    field,
    received: version,
    expected: `a version that the ecosystem accepts, as in ${EXAMPLES[ecosystem]}`,
    ...(isName && list !== undefined
      ? {
          hint: `${version} is no version, and what such a name means changes. Ask for its version: ${list}`,
        }
      : {}),
  });
}
