/**
 * Returns the last line of the notes of each release that we make. It is an HTML comment, which the page
 * does not show. It distinguishes our drafts from those of people and other programs, and names the
 * commit even if the tag is moved.
 */
export function markerOf(sha: string): string {
  return `<!-- ameide-release ${sha} -->`;
}

/** GitHub refuses longer notes. */
const LONGEST = 125_000;

/** Returns notes that end with the marker, shortened to the length that GitHub accepts. */
export function withMarker(notes: string, sha: string): string {
  const marker = markerOf(sha);
  const text = notes.trimEnd();
  if (text === '') return marker;
  const room = LONGEST - marker.length - 2;
  const cut = text.length <= room ? text : `${text.slice(0, room - 2)}\n…`;
  return `${cut}\n\n${marker}`;
}

/** True if the notes have the marker of the commit. */
export function isMarked(notes: string | null | undefined, sha: string): boolean {
  return notes?.includes(markerOf(sha)) === true;
}

/** True if the notes have a marker of any commit: this program made the release or draft. */
export function isOurs(notes: string | null | undefined): boolean {
  return /<!-- ameide-release [0-9a-f]+ -->/.test(notes ?? '');
}
