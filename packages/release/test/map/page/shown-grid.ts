import type { Page } from 'playwright-core';
import type { MapCell, MapRow, ReleaseMap } from '../../../src/map/release-map.ts';

/** One row of the grid: what a person reads of a commit and of each artifact. */
export interface ShownRow {
  readonly sha: string;
  readonly channel: string;
  readonly tags: readonly string[];
  readonly cells: readonly ShownCell[];
}

interface ShownCell {
  /** Whole coordinates and digests, as the line below the grid has them for the focused cell. */
  readonly focused: string;
  readonly states: readonly string[];
  readonly pointers: readonly string[];
  readonly deprecated: number;
  readonly current: string;
}

/**
 * Reads the whole grid of a page of `map --html` by keyboard, cell by cell: call it before anything
 * was filtered. `expect(await readGrid(page)).toEqual(gridOf(map))` says that the page shows the
 * map, and nothing else.
 */
export async function readGrid(page: Page): Promise<ShownRow[]> {
  const table = page.locator('table');
  const count = Number(await table.getAttribute('aria-rowcount')) - 1;
  const columns = await page.locator('thead th').count();
  await page.locator('tbody [tabindex="0"]').focus();
  await page.keyboard.press('Control+Home');
  const rows: ShownRow[] = [];
  for (let row = 0; row < count; row++) {
    if (row > 0) await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Home');
    const commit = await focusedCommit(page);
    const cells: ShownCell[] = [];
    for (let column = 1; column < columns; column++) {
      await page.keyboard.press('ArrowRight');
      cells.push(await focusedCell(page));
    }
    rows.push({ ...commit, cells });
  }
  return rows;
}

/** Returns what `readGrid` has to find for a map whose versions fit into a cell. */
export function gridOf({ rows }: ReleaseMap): ShownRow[] {
  return rows.map((row: MapRow) => ({
    sha: row.sha ?? '',
    channel: row.channel,
    tags: row.tags,
    cells: row.cells.map(cellOf),
  }));
}

function cellOf({ versions, current = '' }: MapCell): ShownCell {
  return {
    focused: versions
      .map(({ coordinate, digest }) =>
        digest === undefined ? coordinate : `${coordinate}  ${digest}`,
      )
      .join('\n'),
    states: versions.map(({ state }) => state),
    pointers: versions.flatMap(({ pointers }) => pointers),
    deprecated: versions.filter(({ deprecated }) => deprecated !== undefined).length,
    current,
  };
}

function focusedCommit(page: Page): Promise<Omit<ShownRow, 'cells'>> {
  return page.evaluate(() => {
    const cell = document.activeElement;
    const texts = (selector: string): string[] =>
      [...(cell?.querySelectorAll(selector) ?? [])].map(({ textContent }) => textContent ?? '');
    return {
      sha: document.querySelector('.focused')?.textContent ?? '',
      channel: texts('.facts > .channel').join(),
      tags: texts('.badge.tag'),
    };
  });
}

function focusedCell(page: Page): Promise<ShownCell> {
  return page.evaluate(() => {
    const cell = document.activeElement;
    const texts = (selector: string): string[] =>
      [...(cell?.querySelectorAll(selector) ?? [])].map(({ textContent }) => textContent ?? '');
    return {
      focused: document.querySelector('.focused')?.textContent ?? '',
      states: texts('.version > .unseen, .version > .badge.partial, .version > .badge.unknown'),
      pointers: texts('.badge.pointer'),
      deprecated: texts('.badge.deprecated').length,
      current: texts('.current > .mono').join(),
    };
  });
}
