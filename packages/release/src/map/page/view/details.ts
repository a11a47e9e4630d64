import type { MapArtifact, MapCell, MapRow, MapVersion } from '../../release-map.ts';
import { badge, isListComplete } from './cell.ts';
import { type Child, element, type PageElement } from './element.ts';
import { link, webAddress } from './links.ts';
import { shortDate, shortSha } from './short.ts';

/** Everything about one artifact at one commit, whole and ready to be copied. */
export function cellDetails(row: MapRow, cell: MapCell, artifact: MapArtifact): PageElement[] {
  const { versions, current } = cell;
  return [
    title(artifact.name, artifact.ecosystem),
    sentence(artifact.registry),
    ...versions.map(versionDetails),
    ...(current === undefined
      ? []
      : [
          sentence(
            `This release has no version of this artifact. ${current} is current beside it.`,
          ),
        ]),
    ...(versions.length > 0 || current !== undefined ? [] : [sentence(gapSentence(artifact))]),
    element('h3', {}, 'Commit'),
    commitList(row),
  ];
}

/** Everything about one commit. */
export function rowDetails(row: MapRow, artifacts: readonly MapArtifact[]): PageElement[] {
  const built = row.cells.flatMap((cell, place) => {
    const artifact = artifacts[place];
    return artifact === undefined || cell.versions.length === 0
      ? []
      : [element('h3', {}, cell.publisher), ...cell.versions.map(versionDetails)];
  });
  return [
    title(row.sha === undefined ? 'No commit known' : shortSha(row.sha), row.channel),
    commitList(row),
    ...built,
  ];
}

/** Everything about one artifact: where it is, and what each of its pointers names. */
export function artifactDetails(artifact: MapArtifact): PageElement[] {
  const { name, ecosystem, registry, url, listed, isPartial, pointers } = artifact;
  return [
    title(name, ecosystem),
    list([
      ['Registry', registry],
      ['Page', page(url)],
      [
        'Listed',
        listed === undefined
          ? 'not known: the registry returned no list'
          : `${listed} versions${isPartial ? ', not all' : ''}`,
      ],
    ]),
    element('h3', {}, 'Pointers'),
    pointers.length === 0
      ? sentence('None.')
      : list(
          pointers.map(({ pointer, version, sha }) => [
            pointer,
            version === undefined ? 'the version is not known' : copied(version),
            sha === undefined ? undefined : copied(sha),
          ]),
        ),
  ];
}

function title(text: string, more: string): PageElement {
  return element(
    'h2',
    { id: 'details-title' },
    element('span', { class: 'ecosystem' }, more),
    ' ',
    text,
  );
}

function sentence(text: string): PageElement {
  return element('p', {}, text);
}

function gapSentence(artifact: MapArtifact): string {
  return isListComplete(artifact)
    ? 'Nothing of this artifact was published from this commit.'
    : 'Not known: the registry’s list is incomplete or missing.';
}

function versionDetails(shown: MapVersion): PageElement {
  const { coordinate, resolved, state, digest, pointers, deprecated, url } = shown;
  return list([
    ['Coordinate', copied(coordinate)],
    ['Resolves to', resolved === undefined ? undefined : copied(resolved)],
    ['State', element('span', {}, element('span', { class: `dot ${state}` }), STATES[state])],
    ['Digest', digest === undefined ? 'not known' : copied(digest)],
    [
      'Pointers',
      pointers.length === 0 ? undefined : pointers.flatMap((one) => [badge('pointer', one), ' ']),
    ],
    ['Deprecated', deprecated],
    ['Page', page(url)],
  ]);
}

const STATES: Readonly<Record<MapVersion['state'], string>> = {
  published: 'published',
  partial: 'partial: some of its files are missing',
  unknown: 'unknown: listed, but the registry gave no details',
};

function commitList({ sha, subject, datetime, tags, channel, url }: MapRow): PageElement {
  const { day, time } = shortDate(datetime ?? '');
  return list([
    ['SHA', sha === undefined ? 'not known' : copied(sha)],
    ['Subject', subject === undefined ? undefined : element('bdi', {}, subject)],
    ['Date', datetime === undefined ? 'not known' : `${day} ${time === '' ? '' : `${time} UTC`}`],
    ['Channel', channel],
    ['Tags', tags.length === 0 ? undefined : tags.flatMap((tag) => [badge('tag', tag), ' '])],
    ['Page', page(url)],
  ]);
}

function page(url: string | undefined): PageElement | undefined {
  return webAddress(url) === undefined || url === undefined ? undefined : link(url, {}, url);
}

/** A string with a button that copies it. */
function copied(text: string): PageElement {
  return element(
    'span',
    { class: 'copied' },
    element('code', {}, text),
    ' ',
    element('button', { type: 'button', 'data-copy': true, 'aria-label': `Copy ${text}` }, 'Copy'),
  );
}

/** A list of names with their values; a name without values is left out. */
function list(lines: readonly (readonly [string, ...Child[]])[]): PageElement {
  const items = lines.flatMap(([name, ...values]) =>
    values.every((value) => value === undefined)
      ? []
      : [element('dt', {}, name), ...values.map((value) => element('dd', {}, value))],
  );
  return element('dl', {}, items);
}
