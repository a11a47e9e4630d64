import type { MapRow } from '../../release-map.ts';
import { cellText } from '../view/matching.ts';
import { type Columns, rowElement } from '../view/row.ts';
import { toDom } from './dom.ts';

/** Rows are drawn and removed this many at a time. */
const CHUNK = 25;
/** In pixels, until some rows have been measured. */
const FIRST_GUESS = 52;

/** What the table shows. */
interface Shown {
  readonly rows: readonly MapRow[];
  readonly columns: Columns;
  /** Cells with one of these words are marked. */
  readonly words: readonly string[];
}

/** The rows near the visible part of the table: only they are elements, however many there are. */
export interface RowWindow {
  show(shown: Shown): void;
  /** Returns the element of a row. Draws it if necessary. */
  reveal(index: number): HTMLTableRowElement | undefined;
  /** Draws every row, for printing; `false` goes back to the visible ones. */
  drawAll(isAll: boolean): void;
}

interface Chunk {
  readonly body: HTMLTableSectionElement;
  readonly from: number;
  readonly to: number;
  isDrawn: boolean;
}

/** `scroll` is the element that scrolls, `table` is in it. */
export function openRowWindow(scroll: HTMLElement, table: HTMLTableElement): RowWindow {
  let shown: Shown = { rows: [], columns: { artifacts: [], shown: [] }, words: [] };
  let chunks: Chunk[] = [];
  let isAll = false;
  let rowHeight = FIRST_GUESS;

  const draw = (chunk: Chunk): void => {
    if (chunk.isDrawn) return;
    chunk.isDrawn = true;
    chunk.body.removeAttribute('aria-hidden');
    chunk.body.replaceChildren(...drawnRows(shown, chunk));
  };
  const clear = (chunk: Chunk): void => {
    if (chunk.isDrawn && (isAll || chunk.body.contains(document.activeElement))) return;
    rowHeight = measured(chunk) ?? rowHeight;
    chunk.isDrawn = false;
    chunk.body.setAttribute('aria-hidden', 'true');
    chunk.body.replaceChildren(spacer(rowHeight * (chunk.to - chunk.from), shown));
  };
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        const chunk = chunks.find(({ body }) => body === target);
        if (chunk !== undefined) (isIntersecting ? draw : clear)(chunk);
      }
      keepWidths(table);
    },
    { root: scroll, rootMargin: '100% 0px' },
  );
  globalThis.addEventListener('resize', () => releaseWidths(table));

  return {
    show(next) {
      shown = next;
      observer.disconnect();
      for (const body of table.querySelectorAll('tbody')) body.remove();
      chunks = chunksOf(next.rows.length);
      table.append(...chunks.map(({ body }) => body));
      for (const [place, chunk] of chunks.entries()) {
        (isAll || place === 0 ? draw : clear)(chunk);
        observer.observe(chunk.body);
      }
    },
    reveal(index) {
      const chunk = chunks[Math.floor(index / CHUNK)];
      if (chunk === undefined) return undefined;
      draw(chunk);
      return chunk.body.rows[index - chunk.from];
    },
    drawAll(all) {
      isAll = all;
      if (all) for (const chunk of chunks) draw(chunk);
      // Observing anew reports every chunk once more.
      observer.disconnect();
      for (const { body } of chunks) observer.observe(body);
    },
  };
}

function chunksOf(count: number): Chunk[] {
  return Array.from({ length: Math.ceil(count / CHUNK) }, (_, place) => ({
    body: document.createElement('tbody'),
    from: place * CHUNK,
    to: Math.min(count, (place + 1) * CHUNK),
    isDrawn: false,
  }));
}

function drawnRows({ rows, columns, words }: Shown, { from, to }: Chunk): Node[] {
  return rows.slice(from, to).map((row, place) => {
    const drawn = toDom(rowElement(row, columns, from + place)) as HTMLTableRowElement;
    for (const part of drawn.querySelectorAll<HTMLElement>('th, td, a')) part.tabIndex = -1;
    if (words.length > 0) markHits(drawn, row, columns, words);
    return drawn;
  });
}

function markHits(
  drawn: HTMLTableRowElement,
  row: MapRow,
  columns: Columns,
  words: readonly string[],
): void {
  for (const [column, place] of columns.shown.entries()) {
    const cell = row.cells[place];
    const text = cell === undefined ? '' : cellText(cell).toLowerCase();
    if (words.some((word) => text.includes(word))) drawn.cells[column + 1]?.classList.add('hit');
  }
}

function spacer(height: number, { columns }: Shown): HTMLTableRowElement {
  const row = document.createElement('tr');
  const cell = row.insertCell();
  cell.colSpan = columns.shown.length + 1;
  cell.className = 'spacer';
  cell.style.height = `${height}px`;
  return row;
}

/** The height of one of its rows; undefined if it has none that can be seen. */
function measured({ body, from, to, isDrawn }: Chunk): number | undefined {
  if (!isDrawn) return undefined;
  const { height } = body.getBoundingClientRect();
  return height > 0 ? height / (to - from) : undefined;
}

/** Widens columns for the drawn rows, and never narrows them, so that nothing jumps while scrolling. */
function keepWidths(table: HTMLTableElement): void {
  const heads = artifactHeads(table);
  const widths = heads.map((head) => head.offsetWidth);
  for (const [place, head] of heads.entries()) head.style.minWidth = `${widths[place]}px`;
}

/** Measures the column widths again, for another width of the window. */
function releaseWidths(table: HTMLTableElement): void {
  for (const head of artifactHeads(table)) head.style.minWidth = '';
}

function artifactHeads(table: HTMLTableElement): HTMLElement[] {
  return [...(table.tHead?.rows[0]?.cells ?? [])].slice(1);
}
