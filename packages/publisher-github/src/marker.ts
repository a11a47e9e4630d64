/**
 * The last line of the notes of each release that we make. GitHub shows it to nobody who reads the
 * release. It tells our drafts from those of people and of other programs, and names the commit even
 * if somebody moves the tag.
 */
export function markerOf(sha: string): string {
  return `<!-- ameide-release ${sha} -->`;
}

/** GitHub refuses longer notes. */
const LONGEST = 125_000;

/** Returns notes with the mark at their end, cut off where GitHub would refuse them. */
export function withMarker(notes: string, sha: string): string {
  const marker = markerOf(sha);
  const text = notes.trimEnd();
  if (text === '') return marker;
  const room = LONGEST - marker.length - 2;
  const cut = text.length <= room ? text : `${text.slice(0, room - 2)}\n…`;
  return `${cut}\n\n${marker}`;
}

/** True if notes have the mark of a commit. */
export function isMarked(notes: string | null | undefined, sha: string): boolean {
  return notes?.includes(markerOf(sha)) === true;
}

/** True if notes have the mark of any commit: a release of this program, or a draft. */
export function isOurs(notes: string | null | undefined): boolean {
  return /<!-- ameide-release [0-9a-f]+ -->/.test(notes ?? '');
}
