import { createHash } from 'node:crypto';
import { inert } from '../../cli/plain.ts';
import type { ReleaseMap } from '../release-map.ts';
import { grouped } from './completeness.ts';
import { controlsElement } from './controls.ts';
import { pack } from './data/pack.ts';
import { SCRIPT } from './generated/script.ts';
import { STYLE } from './generated/style.ts';
import { toHtml, toScriptJson } from './html.ts';
import { servicesElement } from './services.ts';
import { repositoryName, summaryElement } from './summary.ts';
import { element, type PageElement } from './view/element.ts';
import { headElement } from './view/head.ts';
import { rowElement } from './view/row.ts';

/** How many rows the page shows without JavaScript: the newest. */
export const PLAIN_ROWS = 100;

const GENERATOR = '<meta name="generator" content="ameide-release map">';

/** True for the text of a file that `renderMapPage` made. */
export function isMapPage(text: string): boolean {
  return text.slice(0, 200).includes(GENERATOR);
}

/**
 * Renders the map as one HTML file that needs no network. Pure: the same map gives the same page.
 * Every string of the map is shown as text, with invisible characters escaped, as in the terminal.
 */
export function renderMapPage(given: ReleaseMap): string {
  const map = inert(given);
  const name = repositoryName(map);
  const title = name === undefined ? 'Version map' : `${name} – version map`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
${GENERATOR}
${toHtml(element('meta', { 'http-equiv': 'Content-Security-Policy', content: POLICY }))}
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
${toHtml(element('title', {}, title))}
<style>${STYLE}</style>
</head>
<body>
${bodyElements(map).map(toHtml).join('\n')}
<script type="application/json" id="data">${toScriptJson(pack(map))}</script>
<script>${SCRIPT}</script>
</body>
</html>
`;
}

/** Nothing may be loaded; only this style and this script run, and no text becomes HTML or code. */
const POLICY: string = [
  "default-src 'none'",
  `style-src '${hash(STYLE)}'`,
  `script-src '${hash(SCRIPT)}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

function hash(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

function bodyElements(map: ReleaseMap): readonly PageElement[] {
  const elements = [
    element('a', { class: 'skip', href: '#versions' }, 'Skip to the versions'),
    summaryElement(map),
    controlsElement(map),
    plainElement(map),
    element('main', {}, tableElement(map)),
    servicesElement(map),
    element('footer', { class: 'focused', 'aria-hidden': 'true', hidden: true }),
    element('dialog', { class: 'details', 'aria-labelledby': 'details-title' }),
  ];
  return elements.filter((one) => one !== undefined);
}

/** Tells a reader without JavaScript what the page lacks; the page's script removes it. */
function plainElement({ rows }: ReleaseMap): PageElement {
  const which =
    rows.length > PLAIN_ROWS
      ? `the newest ${PLAIN_ROWS} of ${grouped(rows.length)} commits`
      : 'all commits';
  const text = `Without JavaScript this page shows ${which}, and has no search.`;
  return element('p', { class: 'plain' }, text);
}

function tableElement({ artifacts, rows }: ReleaseMap): PageElement {
  const columns = { artifacts, shown: artifacts.map((_, place) => place) };
  const plain = rows.slice(0, PLAIN_ROWS);
  return element(
    'div',
    { class: 'scroll', id: 'versions', tabindex: 0, role: 'region', 'aria-label': 'Versions' },
    element(
      'table',
      { 'aria-rowcount': rows.length + 1 },
      element(
        'caption',
        { class: 'unseen' },
        'Commits, newest first, and what was built from each',
      ),
      element('thead', {}, headElement(columns)),
      element(
        'tbody',
        {},
        plain.map((row, index) => rowElement(row, columns, index)),
      ),
    ),
  );
}
