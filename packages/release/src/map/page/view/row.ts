import type { MapArtifact, MapRow } from '../../release-map.ts';
import { badge, cellElement } from './cell.ts';
import { element, type PageElement, unseen } from './element.ts';
import { link } from './links.ts';
import { cut, shortDate, shortSha } from './short.ts';

/** The columns that are shown: places in `artifacts`. */
export interface Columns {
  readonly artifacts: readonly MapArtifact[];
  readonly shown: readonly number[];
}

/** One commit as a row of the table. `index` counts the rows below the header from 0. */
export function rowElement(row: MapRow, { artifacts, shown }: Columns, index: number): PageElement {
  const cells = shown.map((place) => {
    const artifact = artifacts[place];
    const cell = row.cells[place];
    return artifact === undefined || cell === undefined
      ? element('td', { class: 'gap' }, '?')
      : cellElement(cell, artifact);
  });
  return element(
    'tr',
    { class: row.channel, 'aria-rowindex': index + 2 },
    commitElement(row),
    ...cells,
  );
}

function commitElement({ sha, url, subject, tags, channel, datetime }: MapRow): PageElement {
  const name =
    sha === undefined
      ? element('span', { class: 'sha' }, 'no commit known')
      : link(url, { class: 'sha mono' }, shortSha(sha));
  return element(
    'th',
    { scope: 'row' },
    element(
      'div',
      { class: 'subject' },
      tags.flatMap((tag) => [badge('tag', tag), ' ']),
      element(
        'bdi',
        {},
        cut(subject ?? (sha === undefined ? 'Versions without a commit' : ''), 200),
      ),
    ),
    element(
      'div',
      { class: 'facts' },
      name,
      ' ',
      datetime === undefined ? undefined : dateElement(datetime),
      ' ',
      element('span', { class: `channel ${channel}` }, channel),
    ),
  );
}

function dateElement(datetime: string): PageElement {
  const { day, time } = shortDate(datetime);
  const clock = time === '' ? undefined : element('span', { class: 'time' }, ` ${time}`);
  return element('time', { datetime }, day, clock, time === '' ? undefined : unseen(' UTC'));
}
