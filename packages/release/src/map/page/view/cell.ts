import type { MapArtifact, MapCell, MapVersion } from '../../release-map.ts';
import { element, type PageElement, unseen } from './element.ts';
import { link } from './links.ts';
import { cut, shortDigest, versionParts } from './short.ts';

/** True if the registry's list is complete. Only then an empty cell means that there is no version. */
export function isListComplete({ listed, isPartial }: MapArtifact): boolean {
  return listed !== undefined && isPartial !== true;
}

/** The versions of one artifact at one commit, as a cell of the table. */
export function cellElement(cell: MapCell, artifact: MapArtifact): PageElement {
  if (cell.versions.length > 0)
    return element('td', {}, cell.versions.map(versionElement), currentElement(cell));
  const current = currentElement(cell);
  if (current !== undefined) return element('td', { class: 'gap' }, current);
  const [sign, meaning] = isListComplete(artifact) ? ['–', 'none'] : ['?', 'not known'];
  return element(
    'td',
    { class: 'gap' },
    element('span', { 'aria-hidden': 'true' }, sign),
    unseen(meaning),
  );
}

function currentElement({ current }: MapCell): PageElement | undefined {
  if (current === undefined) return undefined;
  const version = element('span', { class: 'mono' }, ...versionSpans(current));
  return element('div', { class: 'current' }, version, ' ', element('i', {}, 'current'));
}

function versionElement(shown: MapVersion): PageElement {
  const { version, resolved = version, state, digest, pointers, deprecated, url } = shown;
  const isOut = deprecated !== undefined;
  return element(
    'div',
    { class: isOut ? 'version out' : 'version' },
    element('span', { class: `dot ${state}`, title: state }),
    // The version that the go command resolves a mirror's tag to says more than the tag.
    link(
      url,
      { class: 'mono' },
      ...versionSpans(version.startsWith('source-') ? resolved : version),
    ),
    ' ',
    state === 'published' ? unseen('published') : badge(state, state),
    isOut ? badge('deprecated', 'deprecated') : undefined,
    pointers.flatMap((pointer) => [' ', badge('pointer', pointer)]),
    digest === undefined
      ? undefined
      : element('div', { class: 'digest mono' }, unseen('digest '), shortDigest(digest)),
  );
}

/** A word about a version or a commit: a pointer, a state, a channel. */
export function badge(kind: string, text: string): PageElement {
  return element('span', { class: `badge ${kind}` }, cut(text, 40));
}

function versionSpans(version: string): PageElement[] {
  const [base, rest] = versionParts(version);
  return [
    ...(base === '' ? [] : [element('b', {}, base)]),
    ...(rest === '' ? [] : [element('span', { class: 'rest' }, rest)]),
  ];
}
