import type { ReleaseMap } from '../../../src/map/release-map.ts';
import { sampleMap } from './sample-map.ts';

/** Ends a script, a style, a comment, an attribute and a template; loads and runs what it can. */
export const HOSTILE = [
  `</script><script>globalThis.owned = 1</script>`,
  `<img src="https://evil.example/x.png" onerror="globalThis.owned = 1">`,
  `"><style>*{display:none}</style><!--<script>`,
  "${globalThis.owned = 1}`'\\",
  `<base href="https://evil.example/"><meta http-equiv="refresh" content="0;url=https://evil.example/">`,
];

/** Turns the text around, hides a part of it, ends a line of JavaScript, is half a character. */
const UNSEEN = 'abc\u202edef\u2066\u200b\u2028\u2029\u0007\ud800end';
/** How they are shown: as in JSON, like everywhere else in the program. */
export const SEEN = 'abc\\u202edef\\u2066\\u200b\\u2028\\u2029\\u0007\\ud800end';

/** What a column is called: the value of a checkbox in the page. */
export function publisherAt(place: number): string {
  return `npm:${HOSTILE[place % HOSTILE.length]}`;
}

/** The sample with hostile text wherever a registry, a commit or a program may have put it. */
export function hostileMap(): ReleaseMap {
  const map = sampleMap();
  const text = (place: number): string => HOSTILE[place % HOSTILE.length] as string;
  const rows = map.rows.map((row, place) => ({
    ...row,
    subject: place === 0 ? UNSEEN : place === 1 ? 'x'.repeat(10_000) : text(place),
    url: 'javascript:globalThis.owned = 1',
    tags: [text(place)],
    datetime: place === 2 ? text(place) : (row.datetime ?? ''),
    cells: row.cells.map((cell, column) => ({
      ...cell,
      publisher: publisherAt(column),
      ...(cell.current === undefined ? {} : { current: text(place) }),
      versions: cell.versions.map((version) => ({
        ...version,
        version: text(place),
        coordinate: `npm:${text(place)}`,
        resolved: text(place),
        digest: text(place),
        pointers: [text(place)],
        deprecated: text(place),
        url: `javascript:globalThis.owned = 1//${text(place)}`,
      })),
    })),
  }));
  const said = HOSTILE.join('\n');
  return {
    ...map,
    status: 'incomplete',
    exitCode: 3,
    head: HOSTILE[2] as string,
    repository: `https://github.com/${HOSTILE[0]}`,
    rows,
    artifacts: map.artifacts.map((artifact, place) => ({
      ...artifact,
      publisher: publisherAt(place),
      name: text(place),
      registry: text(place),
      url: 'data:text/html,<script>globalThis.owned = 1</script>',
      pointers: [{ pointer: text(place), version: text(place) }],
    })),
    problems: [
      {
        code: 'npm-registry-no-answer',
        kind: 'incomplete',
        message: said,
        hint: said,
        reason: said,
        coordinate: said,
        effect: 'none',
        rerun: 'safe',
      },
    ],
    notes: [said],
  };
}
