import type { ReleaseMap } from '../release-map.ts';
import { completeness, counted } from './completeness.ts';
import { element, type PageElement } from './view/element.ts';
import { link, webAddress } from './view/links.ts';
import { shortDate, shortSha } from './view/short.ts';

/** How many lines are shown at first; a button opens the others. */
const FIRST_LINES = 5;

/** The top of the page: the repository, facts about the map, problems and notes. */
export function summaryElement(map: ReleaseMap): PageElement {
  return element(
    'header',
    { class: 'top' },
    element('div', { class: 'title' }, titleElement(map), factsElement(map)),
    stateElement(map),
  );
}

/** `ameideio/ameide`, from the repository's address; undefined without an address. */
export function repositoryName({ repository }: ReleaseMap): string | undefined {
  const address = webAddress(repository);
  if (address === undefined) return repository;
  return new URL(address).pathname.replace(/^\//, '').replace(/(?:\.git)?\/?$/, '') || address;
}

function titleElement(map: ReleaseMap): PageElement {
  const name = repositoryName(map);
  return element(
    'h1',
    {},
    element('span', { class: 'kind' }, 'Version map'),
    name === undefined ? undefined : [' ', link(map.repository, {}, name)],
  );
}

function factsElement({ rows, artifacts, head }: ReleaseMap): PageElement {
  const ofHead = rows.find(({ sha }) => sha === head);
  const newest = rows.find(({ datetime }) => datetime !== undefined)?.datetime;
  const releases = rows.filter(({ channel }) => channel === 'release').length;
  const facts = [
    counted(rows.length, 'commit'),
    counted(releases, 'release'),
    counted(artifacts.length, 'artifact'),
    ...(newest === undefined ? [] : [`newest from ${shortDate(newest).day}`]),
  ];
  return element(
    'p',
    { class: 'facts' },
    facts.map((fact) => element('span', {}, fact)),
    element(
      'span',
      {},
      'defined at ',
      link(ofHead?.url, { class: 'mono', title: head }, shortSha(head)),
    ),
  );
}

function stateElement(map: ReleaseMap): PageElement {
  const { level, title, reasons } = completeness(map);
  const lines = [
    ...map.problems.map(problemElement),
    ...reasons.map((reason) => element('li', {}, reason)),
    ...map.notes.map((note) => element('li', { class: 'note' }, note)),
  ];
  return element(
    'section',
    { class: `state ${level}`, 'aria-label': 'State of this map' },
    element('p', {}, element('strong', {}, title)),
    lines.length === 0 ? undefined : element('ul', {}, lines.slice(0, FIRST_LINES)),
    lines.length > FIRST_LINES ? moreElement(lines.slice(FIRST_LINES)) : undefined,
  );
}

function moreElement(lines: readonly PageElement[]): PageElement {
  return element(
    'details',
    {},
    element('summary', {}, `${lines.length} more`),
    element('ul', {}, lines),
  );
}

function problemElement(problem: ReleaseMap['problems'][number]): PageElement {
  const { code, message, hint, coordinate, publisher, reason } = problem;
  const about = coordinate ?? publisher;
  return element(
    'li',
    { class: 'problem' },
    element('code', {}, code),
    about === undefined ? undefined : [' ', element('span', { class: 'mono about' }, about)],
    ' ',
    element('span', {}, message),
    reason === undefined || message.includes(reason)
      ? undefined
      : element('span', { class: 'more' }, ` (${reason})`),
    hint === undefined ? undefined : element('span', { class: 'more' }, ` ${hint}`),
  );
}
