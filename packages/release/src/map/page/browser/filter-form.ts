import type { Filter } from '../view/matching.ts';
import { part } from './dom.ts';

/** The form with search and filters. The page's address has its values, so that a link can be shared. */
export interface FilterForm {
  read(): Filter;
  /** Fills the form from the address. */
  readAddress(): void;
  /** Shows in the live region how many rows match. */
  report(text: string): void;
}

/** Shows the form and calls `changed` when the user changes it. */
export function openFilterForm(changed: () => void): FilterForm {
  const form = part('form.controls', HTMLFormElement);
  const opened: FilterForm = {
    read: () => read(form),
    readAddress: () => fill(form, new URLSearchParams(location.hash.slice(1))),
    report: (text) => {
      const count = part('.count', HTMLElement);
      if (count.textContent !== text) count.textContent = text;
    },
  };
  const update = (): void => {
    writeAddress(read(form));
    showChosen(form);
    changed();
  };
  form.addEventListener('input', update);
  form.addEventListener('submit', (event) => event.preventDefault());
  form.addEventListener('reset', (event) => {
    event.preventDefault();
    fill(form, new URLSearchParams());
    update();
  });
  globalThis.addEventListener('hashchange', () => {
    opened.readAddress();
    changed();
  });
  closeMenus();
  opened.readAddress();
  form.hidden = false;
  return opened;
}

function read(form: HTMLFormElement): Filter {
  const data = new FormData(form);
  const texts = (name: string): string[] =>
    data.getAll(name).filter((value) => typeof value === 'string');
  return {
    query: texts('q').join().trim(),
    channels: texts('channel'),
    artifacts: texts('artifact'),
  };
}

function fill(form: HTMLFormElement, values: URLSearchParams): void {
  for (const input of form.querySelectorAll('input')) {
    if (input.type === 'checkbox') input.checked = values.getAll(input.name).includes(input.value);
    else input.value = values.get(input.name) ?? '';
  }
  showChosen(form);
}

function writeAddress({ query, channels, artifacts }: Filter): void {
  const values = new URLSearchParams([
    ...(query === '' ? [] : [['q', query]]),
    ...channels.map((channel) => ['channel', channel]),
    ...artifacts.map((artifact) => ['artifact', artifact]),
  ]);
  const hash = values.size === 0 ? '' : `#${values.toString()}`;
  history.replaceState(null, '', `${location.pathname}${location.search}${hash}`);
}

function showChosen(form: HTMLFormElement): void {
  const boxes = [...form.querySelectorAll<HTMLInputElement>('input[name=artifact]')];
  const chosen = boxes.filter(({ checked }) => checked).length;
  part('.chosen', HTMLElement).textContent = chosen === 0 ? 'all' : `${chosen} of ${boxes.length}`;
}

/** Closes the menu of artifacts as menus close: with Escape, or when something else is used. */
function closeMenus(): void {
  const menu = part('details.artifacts', HTMLDetailsElement);
  menu.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || !menu.open) return;
    menu.open = false;
    menu.querySelector('summary')?.focus();
  });
  menu.addEventListener('focusout', (event) => {
    if (event.relatedTarget instanceof Node && !menu.contains(event.relatedTarget))
      menu.open = false;
  });
  document.addEventListener('pointerdown', (event) => {
    if (event.target instanceof Node && !menu.contains(event.target)) menu.open = false;
  });
}
