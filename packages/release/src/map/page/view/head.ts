import type { MapArtifact, MapPointer } from '../../release-map.ts';
import { badge, isListComplete } from './cell.ts';
import { element, type PageElement, unseen } from './element.ts';
import { kindOf } from './kind.ts';
import { link } from './links.ts';
import type { Columns } from './row.ts';
import { versionParts } from './short.ts';

/** The row of the artifacts' names. */
export function headElement({ artifacts, shown }: Columns): PageElement {
  const heads = shown.flatMap((place) => {
    const artifact = artifacts[place];
    return artifact === undefined ? [] : [artifactElement(artifact, kindOf(artifact, artifacts))];
  });
  const commit = element('th', { scope: 'col' }, element('span', { class: 'name' }, 'Commit'));
  return element('tr', { 'aria-rowindex': 1 }, commit, ...heads);
}

function artifactElement(artifact: MapArtifact, kind: string): PageElement {
  const { name, url, listed, pointers } = artifact;
  const [first, ...more] = pointers.toSorted((a, b) => rank(a) - rank(b));
  return element(
    'th',
    { scope: 'col' },
    element('span', { class: 'ecosystem' }, kind),
    ' ',
    link(url, { class: 'name' }, ...breakable(name)),
    element(
      'div',
      { class: 'facts' },
      first === undefined ? undefined : [pointerElement(first), ' '],
      more.length === 0
        ? undefined
        : [element('span', {}, `+${more.length}`, unseen(' pointers')), ' '],
      isListComplete(artifact)
        ? undefined
        : badge('unknown', listed === undefined ? 'not listed' : 'list incomplete'),
    ),
  );
}

function pointerElement({ pointer, version }: MapPointer): PageElement {
  const text = version === undefined ? '?' : versionParts(version).join('');
  return element(
    'span',
    {},
    badge('pointer', pointer),
    ' ',
    element('span', { class: 'mono' }, text),
  );
}

/** `latest` says most, then the names of channels, then lines such as `0.1`. */
function rank({ pointer }: MapPointer): number {
  const place = ['latest', 'dev', 'next'].indexOf(pointer);
  return place === -1 ? 3 : place;
}

/** A name that may be broken after its slashes and nowhere else. */
function breakable(name: string): (PageElement | string)[] {
  return name
    .split(/(?<=\/)/)
    .flatMap((part, place) => (place === 0 ? [part] : [element('wbr'), part]));
}
