import type { ReleaseMap } from '../release-map.ts';
import { counted, grouped } from './completeness.ts';
import { element, type PageElement } from './view/element.ts';
import { kindOf } from './view/kind.ts';

/** In the order in which people look for them. */
const CHANNELS = ['release', 'candidate', 'dev'] as const;

/** Search and filters. Hidden until the page's script can answer them. */
export function controlsElement(map: ReleaseMap): PageElement {
  return element(
    'form',
    { class: 'controls', role: 'search', 'aria-label': 'Commits and versions', hidden: true },
    searchElement(),
    channelsElement(map),
    artifactsElement(map),
    element('button', { type: 'reset', class: 'reset' }, 'Clear'),
    element('p', { class: 'count', role: 'status' }, counted(map.rows.length, 'commit')),
  );
}

function searchElement(): PageElement {
  return element(
    'label',
    { class: 'search' },
    element('span', {}, 'Search'),
    element('input', {
      type: 'search',
      name: 'q',
      placeholder: 'SHA, version, tag, subject, digest',
      autocomplete: 'off',
      spellcheck: 'false',
      'aria-controls': 'versions',
    }),
  );
}

function channelsElement({ rows }: ReleaseMap): PageElement {
  const all = [...new Set([...CHANNELS, ...rows.map(({ channel }) => channel)])];
  const options = all.flatMap((channel) => {
    const count = rows.filter((row) => row.channel === channel).length;
    return count === 0 ? [] : [checkbox('channel', channel, channel, grouped(count))];
  });
  return element(
    'fieldset',
    { class: 'channels' },
    element('legend', { class: 'unseen' }, 'Show only these channels'),
    options,
  );
}

function artifactsElement({ artifacts }: ReleaseMap): PageElement {
  const options = artifacts.map((artifact) =>
    checkbox('artifact', artifact.publisher, artifact.name, kindOf(artifact, artifacts)),
  );
  return element(
    'details',
    { class: 'artifacts' },
    element('summary', {}, 'Artifacts: ', element('span', { class: 'chosen' }, 'all')),
    element(
      'fieldset',
      {},
      element('legend', {}, 'Show only these artifacts, and commits that have one of them'),
      options,
    ),
  );
}

function checkbox(name: string, value: string, text: string, more: string): PageElement {
  return element(
    'label',
    {},
    element('input', { type: 'checkbox', name, value }),
    element('span', {}, text),
    ' ',
    element('span', { class: 'more' }, more),
  );
}
