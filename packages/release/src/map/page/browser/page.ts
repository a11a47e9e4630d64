import type { MapArtifact, MapCell, MapRow } from '../../release-map.ts';
import type { PackedMap } from '../data/packed.ts';
import { unpack } from '../data/unpack.ts';
import { artifactDetails, cellDetails, rowDetails } from '../view/details.ts';
import { headElement } from '../view/head.ts';
import { matchingRows, searchable, words } from '../view/matching.ts';
import type { Columns } from '../view/row.ts';
import { openDetails, prepareDetails } from './details.ts';
import { part, toDom } from './dom.ts';
import { openFilterForm } from './filter-form.ts';
import { type GridUse, openGridKeys, type Place } from './grid-keys.ts';
import { openRowWindow } from './row-window.ts';

/** The line below the grid until a cell has the focus. */
const HINT = 'Arrow keys move through the versions; Enter or a click opens details.';

/** What the grid shows now. */
interface Grid {
  rows: readonly MapRow[];
  /** Places in the list of all artifacts. */
  shown: readonly number[];
}

/** Makes the plain table a grid with search and filters, which only draws the visible rows. */
function startPage(): void {
  const data = JSON.parse(part('#data', HTMLScriptElement).text) as PackedMap;
  const all = unpack(data).map(searchable);
  const { artifacts } = data;
  const scroll = part('#versions', HTMLElement);
  const table = part('table', HTMLTableElement);
  const grid: Grid = { rows: [], shown: [] };
  const rowWindow = openRowWindow(scroll, table);
  const keys = openGridKeys(table, rowWindow, gridUse(grid, artifacts));
  const form = openFilterForm(update);

  function update(): void {
    const filter = form.read();
    grid.rows = matchingRows(all, filter);
    grid.shown = shownPlaces(artifacts, filter.artifacts);
    const columns = { artifacts, shown: grid.shown };
    drawHead(table, columns);
    table.setAttribute('aria-rowcount', String(grid.rows.length + 1));
    scroll.scrollTop = 0;
    rowWindow.show({ rows: grid.rows, columns, words: words(filter.query) });
    keys.resize(grid.rows.length, grid.shown.length + 1);
    scroll.classList.toggle('empty', grid.rows.length === 0);
    form.report(countText(grid.rows.length, all.length));
  }

  preparePage();
  part('a.skip', HTMLAnchorElement).addEventListener('click', (event) => {
    event.preventDefault();
    keys.focus();
  });
  globalThis.addEventListener('beforeprint', () => rowWindow.drawAll(true));
  globalThis.addEventListener('afterprint', () => rowWindow.drawAll(false));
  update();
}

/** Removes what is only for readers without JavaScript, and shows what needs it. */
function preparePage(): void {
  const bar = part('footer.focused', HTMLElement);
  bar.hidden = false;
  bar.textContent = HINT;
  part('.plain', HTMLElement).hidden = true;
  part('table', HTMLTableElement).setAttribute('role', 'grid');
  part('#versions', HTMLElement).removeAttribute('tabindex');
  prepareDetails();
}

function drawHead(table: HTMLTableElement, columns: Columns): void {
  table.tHead?.replaceChildren(toDom(headElement(columns)));
  for (const one of table.tHead?.querySelectorAll<HTMLElement>('th, a') ?? []) one.tabIndex = -1;
}

function shownPlaces(artifacts: readonly MapArtifact[], wanted: readonly string[]): number[] {
  const places = artifacts.map((_, place) => place);
  const chosen = places.filter((place) => wanted.includes(artifacts[place]?.publisher ?? ''));
  return chosen.length > 0 ? chosen : places;
}

function gridUse(grid: Grid, artifacts: readonly MapArtifact[]): GridUse {
  const at = ({ row, column }: Place) => {
    const place = column === 0 ? undefined : grid.shown[column - 1];
    const found = grid.rows[row];
    const [artifact, cell] = place === undefined ? [] : [artifacts[place], found?.cells[place]];
    return { row: found, artifact, cell };
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
      part('footer.focused', HTMLElement).textContent =
        place === undefined ? HINT : focusedText(at(place));
    },
  };
}

/** The whole coordinate and digest of each version in the cell; of a commit its SHA. */
function focusedText({
  row,
  cell,
}: {
  row: MapRow | undefined;
  cell?: MapCell | undefined;
}): string {
  if (cell === undefined) return row?.sha ?? '';
  return cell.versions
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
