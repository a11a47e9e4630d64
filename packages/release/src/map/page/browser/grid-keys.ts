import type { RowWindow } from './row-window.ts';

/** A place in the grid: row -1 is the header, column 0 the commit. */
export interface Place {
  readonly row: number;
  readonly column: number;
}

export interface GridKeys {
  /** Sets the size of the grid; moves the place that Tab leads to inside it. */
  resize(rows: number, columns: number): void;
  focus(): void;
}

/** What happens when a place of the grid is focused or opened. */
export interface GridUse {
  open(place: Place): void;
  focused(place: Place | undefined): void;
}

const PAGE = 10;

/**
 * Moves through the grid with the keys of the ARIA grid pattern: one stop for Tab, arrows, Home, End
 * (with Ctrl: of the whole grid), Page Up, Page Down; Enter and Space open details.
 */
export function openGridKeys(table: HTMLTableElement, rows: RowWindow, use: GridUse): GridKeys {
  let place: Place = { row: 0, column: 0 };
  let size = { rows: 0, columns: 1 };
  let stop: HTMLElement | undefined;

  const cellAt = ({ row, column }: Place): HTMLElement | undefined =>
    (row < 0 ? table.tHead?.rows[0] : rows.reveal(row))?.cells[column];
  const settle = (next: Place): HTMLElement | undefined => {
    place = next;
    const cell = cellAt(next);
    if (stop !== undefined) stop.tabIndex = -1;
    if (cell !== undefined) cell.tabIndex = 0;
    stop = cell;
    return cell;
  };
  table.addEventListener('keydown', (event) => {
    if (event.altKey || event.metaKey) return;
    if (event.key === 'Enter' || event.key === ' ') {
      if (event.target instanceof HTMLAnchorElement) return;
      event.preventDefault();
      use.open(place);
      return;
    }
    const next = moved(place, event.key, event.ctrlKey, size);
    if (next === undefined) return;
    event.preventDefault();
    settle(next)?.focus();
  });
  table.addEventListener('focusin', ({ target }) => {
    const found = placeOf(target);
    if (found === undefined) return;
    settle(found);
    use.focused(found);
  });
  table.addEventListener('focusout', () => use.focused(undefined));
  table.addEventListener('click', ({ target }) => {
    const isLink = target instanceof Element && target.closest('a') !== null;
    const found = placeOf(target);
    if (isLink || found === undefined || getSelection()?.isCollapsed === false) return;
    settle(found)?.focus();
    use.open(found);
  });
  return {
    resize(rowCount, columns) {
      size = { rows: rowCount, columns };
      stop = undefined;
      settle(inside(place, size));
    },
    focus: () => settle(inside(place, size))?.focus(),
  };
}

function moved(
  { row, column }: Place,
  key: string,
  isWhole: boolean,
  size: { readonly rows: number; readonly columns: number },
): Place | undefined {
  const moves: Readonly<Record<string, Place>> = {
    ArrowUp: { row: row - 1, column },
    ArrowDown: { row: row + 1, column },
    ArrowLeft: { row, column: column - 1 },
    ArrowRight: { row, column: column + 1 },
    PageUp: { row: Math.max(0, row - PAGE), column },
    PageDown: { row: row + PAGE, column },
    Home: isWhole ? { row: 0, column: 0 } : { row, column: 0 },
    End: isWhole
      ? { row: size.rows - 1, column: size.columns - 1 }
      : { row, column: size.columns - 1 },
  };
  const next = moves[key];
  return next === undefined ? undefined : inside(next, size);
}

function inside(
  { row, column }: Place,
  size: { readonly rows: number; readonly columns: number },
): Place {
  return {
    row: Math.min(Math.max(row, -1), size.rows - 1),
    column: Math.min(Math.max(column, 0), size.columns - 1),
  };
}

function placeOf(target: EventTarget | null): Place | undefined {
  const cell = target instanceof Element ? target.closest('th, td') : null;
  const row = cell?.closest('tr')?.getAttribute('aria-rowindex') ?? null;
  return !(cell instanceof HTMLTableCellElement) || row === null
    ? undefined
    : { row: Number(row) - 2, column: cell.cellIndex };
}
