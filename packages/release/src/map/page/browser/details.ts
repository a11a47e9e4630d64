import { element, type PageElement } from '../view/element.ts';
import { part, toDom } from './dom.ts';

/** Shows details in the dialog. Escape closes it, and the focus goes back to the cell. */
export function openDetails(content: readonly PageElement[]): void {
  const dialog = part('dialog.details', HTMLDialogElement);
  const close = element('button', { type: 'button', class: 'close', autofocus: true }, 'Close');
  const report = element('p', { class: 'copy-report', role: 'status' });
  dialog.replaceChildren(...[close, ...content, report].map(toDom));
  dialog.scrollTop = 0;
  dialog.showModal();
}

/** Answers the dialog's buttons. Called once. */
export function prepareDetails(): void {
  const dialog = part('dialog.details', HTMLDialogElement);
  dialog.addEventListener('click', ({ target }) => {
    if (target === dialog) dialog.close();
    if (!(target instanceof HTMLElement)) return;
    if (target.classList.contains('close')) dialog.close();
    if (target.dataset['copy'] !== undefined) void copy(target);
  });
}

/** Copies the text beside the button; where the browser refuses, selects it. */
async function copy(button: HTMLElement): Promise<void> {
  const text = button.parentElement?.querySelector('code');
  if (text === null || text === undefined) return;
  const report = part('.copy-report', HTMLElement);
  try {
    await navigator.clipboard.writeText(text.textContent);
    report.textContent = `Copied: ${text.textContent}`;
  } catch {
    getSelection()?.selectAllChildren(text);
    report.textContent =
      'This browser does not let the page copy. The text is selected: press Ctrl+C.';
  }
}
