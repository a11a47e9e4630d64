import type { MapRow } from '../../release-map.ts';
import type { PackedMap } from '../data/packed.ts';
import { unpack } from '../data/unpack.ts';
import { artifactDetails, cellDetails, rowDetails } from '../view/details.ts';
import { headElement } from '../view/head.ts';
import { matchingRows, searchable, words } from '../view/matching.ts';
import { openDetails, prepareDetails } from './details.ts';
import { part, toDom } from './dom.ts';
import { openFilterForm } from './filter-form.ts';
import { type GridUse, openGridKeys, type Place } from './grid-keys.ts';
import { openRowWindow } from './row-window.ts';

/** Makes the plain table a grid: searched, filtered, and only as many rows as are seen. */
function startPage(): void {
  const data = JSON.parse(part('#data', HTMLScriptElement).text) as PackedMap;
  const all = unpack(data).map(searchable);
  const { artifacts } = data;
  const scroll = part('#versions', HTMLElement);
  const table = part('table', HTMLTableElement);
  let rows: readonly MapRow[] = [];
  let shown: readonly number[] = [];

  const window = openRowWindow(scroll, table);
  const keys = openGridKeys(table, window, gridUse());
  const form = openFilterForm(update);

  function update(): void {
    const filter = form.read();
    rows = matchingRows(all, filter);
    const places = artifacts.map((_, place) => place);
    const chosen = places.filter((place) =>
      filter.artifacts.includes(artifacts[place]?.publisher ?? ''),
    );
    shown = chosen.length > 0 ? chosen : places;
    const columns = { artifacts, shown };
    table.tHead?.replaceChildren(toDom(headElement(columns)));
    for (const part of table.tHead?.querySelectorAll<HTMLElement>('th, a') ?? [])
      part.tabIndex = -1;
    table.setAttribute('aria-rowcount', String(rows.length + 1));
    scroll.scrollTop = 0;
    window.show({ rows, columns, words: words(filter.query) });
    keys.resize(rows.length, shown.length + 1);
    scroll.classList.toggle('empty', rows.length === 0);
    form.report(countText(rows.length, all.length));
  }

  function gridUse(): GridUse {
    const at = ({ row, column }: Place) => {
      const place = column === 0 ? undefined : shown[column - 1];
      const found = rows[row];
      return {
        row: found,
        artifact: place === undefined ? undefined : artifacts[place],
        cell: place === undefined ? undefined : found?.cells[place],
      };
    };
    return {
      open(place) {
        const { row, artifact, cell } = at(place);
        if (row !== undefined && artifact !== undefined && cell !== undefined)
          openDetails(cellDetails(row, cell, artifact));
        else if (row !== undefined) openDetails(rowDetails(row, artifacts));
        else if (artifact !== undefined) openDetails(artifactDetails(artifact));
      },
      focused(place) {
        const { row, cell } = place === undefined ? { row: undefined, cell: undefined } : at(place);
        const bar = part('footer.focused', HTMLElement);
        bar.textContent = cell === undefined ? (row?.sha ?? '') : focusedText(cell.versions);
      },
    };
  }

  prepareDetails();
  table.setAttribute('role', 'grid');
  scroll.removeAttribute('tabindex');
  part('footer.focused', HTMLElement).hidden = false;
  part('a.skip', HTMLAnchorElement).addEventListener('click', (event) => {
    event.preventDefault();
    keys.focus();
  });
  globalThis.addEventListener('beforeprint', () => window.drawAll(true));
  globalThis.addEventListener('afterprint', () => window.drawAll(false));
  update();
}

/** The whole coordinate and digest of each version in the cell. */
function focusedText(versions: MapRow['cells'][number]['versions']): string {
  return versions
    .map(({ coordinate, digest }) =>
      digest === undefined ? coordinate : `${coordinate}  ${digest}`,
    )
    .join('\n');
}

function countText(count: number, of: number): string {
  const noun = of === 1 ? 'commit' : 'commits';
  const [some, all] = [count, of].map((one) => one.toLocaleString('en-GB'));
  if (count === 0) return `No commit of ${all} matches`;
  return count === of ? `${all} ${noun}` : `${some} of ${all} ${noun}`;
}

startPage();
