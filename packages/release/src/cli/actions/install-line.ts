import { type Coordinate, type Ecosystem, parseCoordinate } from '@ameide/versioning-core';
import { shellWord } from '../../report/shell-word.ts';
import type { ShownArtifact } from '../../report/shown.ts';

type Installable = Pick<
  ShownArtifact,
  'coordinate' | 'registry' | 'resolved' | 'digest' | 'readFrom'
>;

/** Returns the command that gets one artifact, in the way of its ecosystem. */
export function installLine(artifact: Installable): string {
  const coordinate = parseCoordinate(artifact.coordinate);
  return LINES[coordinate.ecosystem](coordinate, artifact);
}

const LINES: Readonly<Record<Ecosystem, (of: Coordinate, artifact: Installable) => string>> = {
  npm: ({ name, version }, { registry }) =>
    `npm install ${name}@${version}${npmRegistry(name, registry)}`,
  pypi: ({ name, version }, { readFrom }) =>
    `pip install ${name}==${version}${readFrom === undefined ? '' : ` --index-url ${shellWord(readFrom)}`}`,
  go: ({ name, version }, { resolved }) => `go get ${name}@${resolved ?? version}`,
  oci: ({ name, version }, { digest }) =>
    `docker pull ${digest === undefined ? `${name}:${version}` : `${name}@${digest}`}`,
  github: ({ name, version }, { registry }) =>
    `gh release download ${shellWord(version)} --repo ${githubRepository(name, registry)}`,
};

/** The `gh` command takes a repository of another host with the host before it. */
function githubRepository(name: string, registry: string): string {
  const host = URL.canParse(registry) ? new URL(registry).host : 'github.com';
  return host === 'github.com' ? name : `${host}/${name}`;
}

function npmRegistry(name: string, registry: string): string {
  if (!URL.canParse(registry) || new URL(registry).host === 'registry.npmjs.org') return '';
  // For a scope alone: its dependencies may be elsewhere.
  const scope = name.startsWith('@') ? `${name.slice(0, name.indexOf('/'))}:` : '';
  return ` ${shellWord(`--${scope}registry=${registry}`)}`;
}
