import {
  type Coordinate,
  type Ecosystem,
  formatCoordinate,
  InvalidInputError,
} from '@ameide/versioning-core';

/** Says how a version of an ecosystem without a registry's mark is withdrawn, or taken back. */
export function notDeprecable(coordinate: Coordinate, message = ''): InvalidInputError {
  return new InvalidInputError(
    {
      field: 'coordinate',
      received: formatCoordinate(coordinate),
      expected: 'a version of an npm package: no other registry has a mark that a program can set',
      hint: HINTS[coordinate.ecosystem](coordinate, message),
    },
    'not-deprecable',
  );
}

const HINTS: Readonly<Record<Ecosystem, (coordinate: Coordinate, message: string) => string>> = {
  npm: () => 'The publisher of this package does not know deprecations.',
  // https://go.dev/ref/mod#go-mod-file-retract
  go({ name, version }, message) {
    if (!/^v\d/.test(version))
      return `Retract the version that it resolves to: go list -m ${name}@${version} shows it.`;
    const why = message === '' ? 'why' : message;
    return `Add this line to go.mod, and release a higher version (or remove the line, to take it back): retract ${version} // ${why}`;
  },
  // https://docs.pypi.org/project-management/yanking/
  pypi: ({ name, version }) =>
    `Indexes take no such request from a program. On pypi.org, yank ${version} at https://pypi.org/manage/project/${name}/releases/ (Options, Yank).`,
  oci: ({ name }) =>
    `Move the tags that people pull to another version: ameide-release move-pointer oci:${name}:latest --to VERSION`,
  github: ({ name, version }) =>
    `Say so in the notes of the release: https://github.com/${name}/releases/tag/${version} (Edit release).`,
};
