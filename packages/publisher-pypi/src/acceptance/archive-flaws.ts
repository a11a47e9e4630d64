import { ArchiveError, type Member, tarGzMembers, zipMembers } from '@ameide/publisher-kit';
import { entryPointsFlaw } from './entry-points.ts';
import { type Flaw, installerFlaw, pypiFlaw, quoted } from './flaw.ts';
import { wheelNameFlaws } from './wheel-tags.ts';
import { zipFramingFlaw } from './zip-framing.ts';

const MIB = 1024 * 1024;
// warehouse/forklift/legacy.py: COMPRESSION_RATIO_MIN_SIZE, COMPRESSION_RATIO_THRESHOLD
const LARGE = 64 * MIB;
const HIGHEST_RATIO = 50;

/** A built file, and the `License-File` fields that its index will read. */
export interface CheckedArchive {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly licenseFiles: readonly string[];
}

/** Returns what PyPI refuses of a wheel's name and members. Throws `ArchiveError`. */
export function wheelFlaws({ name, bytes, licenseFiles }: CheckedArchive): readonly Flaw[] {
  const members = [...zipMembers(bytes)];
  const info = `${name.split('-', 2).join('-')}.dist-info`;
  const find = (file: string): Member | undefined =>
    members.find(({ path }) => path === `${info}/${file}`);
  const framing = zipFramingFlaw(bytes);
  const size = members.reduce((sum, member) => sum + member.size, 0);
  const isBomb = size > LARGE && size / bytes.length > HIGHEST_RATIO;
  const points = find('entry_points.txt');
  const wrongPoints = points && textOf(points, entryPointsFlaw);
  const wrongRecord = textOf(find('RECORD'), () => undefined);
  return [
    ...wheelNameFlaws(name),
    ...(framing === undefined ? [] : [pypiFlaw('archive', `as a zip archive ${framing}`)]),
    ...(isBomb
      ? [pypiFlaw('archive', `it unpacks to more than ${HIGHEST_RATIO} times its size`)]
      : []),
    ...['WHEEL', 'RECORD', 'METADATA']
      .filter((file) => find(file) === undefined)
      .map((file) => installerFlaw(file, `it has no ${info}/${file}`)),
    ...(wrongRecord === undefined
      ? []
      : [pypiFlaw('RECORD', `its RECORD is unreadable: ${wrongRecord}`)]),
    ...(wrongPoints === undefined
      ? []
      : [pypiFlaw('entry_points.txt', `its entry_points.txt is invalid: ${wrongPoints}`)]),
    ...licenseFiles
      .filter((file) => find(`licenses/${file}`) === undefined)
      .map((file) => missing(`${info}/licenses/${file}`)),
  ];
}

/** Returns what PyPI refuses of an sdist's members. Throws `ArchiveError`. */
export async function sdistFlaws(archive: CheckedArchive): Promise<readonly Flaw[]> {
  const top = archive.name.slice(0, -'.tar.gz'.length);
  const paths = new Set<string>();
  for await (const { path } of tarGzMembers(archive.bytes))
    paths.add(path.replace(/^(?:\.\/)+/, '').replace(/\/+$/, ''));
  const outside = [...paths].find((path) => path !== top && !path.startsWith(`${top}/`));
  return [
    ...(outside === undefined
      ? []
      : [pypiFlaw('archive', `its member ${quoted(outside)} is not in its folder ${top}`)]),
    ...(paths.has(`${top}/PKG-INFO`) ? [] : [pypiFlaw('PKG-INFO', `it has no ${top}/PKG-INFO`)]),
    ...archive.licenseFiles
      .filter((file) => !paths.has(`${top}/${file}`))
      .map((file) => missing(`${top}/${file}`)),
  ];
}

function missing(path: string): Flaw {
  return pypiFlaw('license_file', `its metadata has a License-File, and it has no ${quoted(path)}`);
}

/** Returns what `check` says of a member's text, or why it is none. */
function textOf(
  member: Member | undefined,
  check: (text: string) => string | undefined,
): string | undefined {
  if (member === undefined) return undefined;
  try {
    return check(new TextDecoder('utf-8', { fatal: true }).decode(member.content() as Uint8Array));
  } catch (error) {
    if (error instanceof TypeError) return 'it is not UTF-8';
    if (error instanceof ArchiveError) return error.message;
    throw error;
  }
}
