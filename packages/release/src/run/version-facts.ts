import {
  type BaseVersion,
  type ChannelKind,
  type Coordinate,
  isSha,
  type ParsedVersion,
  parseDateTime,
  parseGoVersion,
  parseNpmVersion,
  parseOciTag,
  parsePypiVersion,
  unixSeconds,
} from '@ameide/versioning-core';

/** What can be read from a version's own text. */
export interface VersionFacts {
  readonly channel: ChannelKind;
  /** True if its form is one that versions are derived in; false for what another tool made. */
  readonly isOurs: boolean;
  /** Its numbers, if it is a release of three numbers. */
  readonly release?: BaseVersion;
  /** For a release or a candidate, as every ecosystem and tag has it: `0.1.0`, `0.1.0-rc.1`. */
  readonly tagged?: string;
  /** The source SHA in its text: an image's commit tag, a mirror's `source-<sha>`. */
  readonly sha?: string;
  /** When its commit was made, Unix seconds; undefined if the text has no time. */
  readonly time?: number;
  /** True if it says only the day: `time` is where that begins. */
  readonly isDay?: true;
}

/** Reads a version as its ecosystem writes it, also one that another tool made. */
export function versionFacts(coordinate: Coordinate): VersionFacts {
  const { version } = coordinate;
  const sha = version.replace(/^source-/, '');
  if (isSha(sha)) return { channel: 'dev', isOurs: true, sha };
  const parsed = parseOwn(coordinate);
  if (parsed === undefined) return foreign(version);
  const { base, channel, number } = parsed;
  const time = timeOf(parsed);
  const tagged = number === undefined ? base : `${base}-rc.${number}`;
  return {
    channel,
    isOurs: true,
    ...(channel === 'release' ? { release: base } : {}),
    ...(channel === 'dev' ? {} : { tagged }),
    ...time,
  };
}

function parseOwn({ ecosystem, version }: Coordinate): ParsedVersion | undefined {
  if (ecosystem === 'npm') return parseNpmVersion(version);
  if (ecosystem === 'pypi') return parsePypiVersion(version);
  if (ecosystem === 'go') return parseGoVersion(version);
  // A tag of the source repository, with any prefix.
  if (ecosystem === 'github') return parseNpmVersion(version.replace(/^.*?(?=\d+\.\d+\.\d+)/, ''));
  const tag = parseOciTag(version);
  return tag !== undefined && 'channel' in tag ? tag : undefined;
}

function timeOf({ date, datetime }: ParsedVersion): Pick<VersionFacts, 'time' | 'isDay'> {
  if (datetime !== undefined) return { time: unixSeconds(datetime) };
  if (date === undefined) return {};
  return { time: unixSeconds(parseDateTime(`${date}000000`)), isDay: true };
}

/** For what another tool published: a prerelease has letters in every ecosystem. */
function foreign(version: string): VersionFacts {
  return { channel: /^v?[\d.]+$/.test(version) ? 'release' : 'dev', isOurs: false };
}
