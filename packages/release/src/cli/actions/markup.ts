import { inertLines } from '../plain.ts';

/**
 * Text that GitHub shows in a step summary. A summary is Markdown, but ours is HTML throughout:
 * nothing in it is read as Markdown, as long as no line of it is blank.
 */
export type Markup = string & { readonly markup: unique symbol };

/** Longer text is cut: one cell must not fill the summary. */
const LONGEST = 4000;

/**
 * Shows text from outside. Only what is in `<code>` and `<pre>` is safe from what GitHub does after
 * Markdown: links to people (`@name`) and issues (`#1`), emoji, mathematics.
 */
export function code(text: string): Markup {
  return text === '' ? own('') : own(`<code>${escaped(text)}</code>`);
}

/** The same for several lines. */
export function lines(text: string): Markup {
  return own(`<pre>${escaped(text)}</pre>`);
}

/** Our own words. */
export function words(text: string): Markup {
  return own(escaped(text));
}

export function heading(text: string): Markup {
  return own(`<h3>${escaped(text)}</h3>\n`);
}

export function paragraph(...parts: readonly Markup[]): Markup {
  return own(`<p>${parts.join(' ')}</p>\n`);
}

/** Omits a column in which no row has anything. */
export function tableOf(columns: readonly string[], rows: readonly (readonly Markup[])[]): Markup {
  const kept = columns.flatMap((title, at) =>
    rows.some((row) => (row[at] ?? '') !== '') ? [{ title, at }] : [],
  );
  const head = kept.map(({ title }) => `<th>${escaped(title)}</th>`).join('');
  const body = rows.map((row) => kept.map(({ at }) => `<td>${row[at] ?? ''}</td>`).join(''));
  return own(`<table>\n${[head, ...body].map((row) => `<tr>${row}</tr>`).join('\n')}\n</table>\n`);
}

function escaped(text: string): string {
  const shown = inertLines(text.length > LONGEST ? `${text.slice(0, LONGEST)}\u2026` : text);
  return shown
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('\n', '&#10;');
}

function own(text: string): Markup {
  return text as Markup;
}
