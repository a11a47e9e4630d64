import { createHash } from 'node:crypto';
import { type DefaultTreeAdapterMap, defaultTreeAdapter, parse } from 'parse5';
import { describe, expect, test } from 'vitest';
import { PLAIN_ROWS, renderMapPage } from '../../../src/map/page/render-map-page.ts';
import type { MapArtifact, ReleaseMap } from '../../../src/map/release-map.ts';
import { hostileMap, publisherAt } from './hostile-map.ts';
import { largeMap } from './large-map.ts';
import { sampleMap } from './sample-map.ts';

type Element = DefaultTreeAdapterMap['element'];

/** Every element of a page that an HTML parser makes, by its tag. */
function elements(html: string, tag: string): Element[] {
  const found: Element[] = [];
  const visit = (node: DefaultTreeAdapterMap['node']): void => {
    if (defaultTreeAdapter.isElementNode(node) && node.tagName === tag) found.push(node);
    if ('childNodes' in node) node.childNodes.forEach(visit);
  };
  visit(parse(html));
  return found;
}

function attribute(element: Element | undefined, name: string): string | undefined {
  return element?.attrs.find((one) => one.name === name)?.value;
}

function text(element: Element | undefined): string {
  const [child] = element?.childNodes ?? [];
  return child !== undefined && defaultTreeAdapter.isTextNode(child) ? child.value : '';
}

function stateOf(map: Partial<ReleaseMap>): string | undefined {
  const html = renderMapPage({ ...sampleMap(), ...map });
  return elements(html, 'section').map((section) => attribute(section, 'class'))[0];
}

const problem = {
  code: 'npm-registry-no-answer',
  kind: 'unknown',
  message: 'The registry did not answer.',
  effect: 'none',
  rerun: 'safe',
} as const;

describe('renderMapPage', () => {
  test('is pure: the same map gives the same page', () => {
    expect(renderMapPage(sampleMap())).toBe(renderMapPage(sampleMap()));
  });

  test('allows its own style and script by their hashes, and nothing else', () => {
    const html = renderMapPage(sampleMap());
    const policy = elements(html, 'meta')
      .filter((meta) => attribute(meta, 'http-equiv') === 'Content-Security-Policy')
      .map((meta) => attribute(meta, 'content'));
    const [style, script] = [elements(html, 'style')[0], elements(html, 'script')[1]].map(
      (element) => `'sha256-${createHash('sha256').update(text(element)).digest('base64')}'`,
    );
    expect(policy).toEqual([
      `default-src 'none'; style-src ${style}; script-src ${script}; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'`,
    ]);
    expect(html).not.toMatch(/\sstyle=|\son[a-z]+=|javascript:/);
  });

  test('has no element or attribute that hostile text made', () => {
    const html = renderMapPage(hostileMap());
    const counts = (page: string): number[] =>
      ['script', 'style', 'meta', 'base', 'img', 'title', 'input'].map(
        (tag) => elements(page, tag).length,
      );
    expect(counts(html)).toEqual(counts(renderMapPage(sampleMap())));
    const values = elements(html, 'input').flatMap(({ attrs }) =>
      attrs.filter(({ name }) => name === 'value').map(({ value }) => value),
    );
    expect(values).toEqual(
      expect.arrayContaining([0, 1, 2, 3, 4].map((place) => publisherAt(place))),
    );
    const data: unknown = JSON.parse(text(elements(html, 'script')[0]));
    expect(data).toMatchObject({ artifacts: [{ publisher: publisherAt(0) }, {}, {}, {}, {}] });
  });

  test('links only to http and https', () => {
    const map = sampleMap();
    const bad = ['javascript:alert(1)', 'data:text/html,1', 'file:///etc/passwd', '//x', 'x'];
    const rows = map.rows.map((row, place) => ({ ...row, url: bad[place % bad.length] as string }));
    const html = renderMapPage({ ...map, repository: 'javascript:alert(1)', rows });
    const links = elements(html, 'a').filter((link) => attribute(link, 'class') !== 'skip');
    expect(links.length).toBeGreaterThan(100);
    for (const link of links) {
      expect(attribute(link, 'href')).toMatch(/^https:/);
      expect(attribute(link, 'rel')).toBe('noopener noreferrer');
    }
  });

  test('names the registry where the same package is on several', () => {
    const { artifacts, ...map } = sampleMap();
    const [first] = artifacts as [MapArtifact];
    const publisher = `${first.publisher} on GitHub`;
    const second = { ...first, publisher, registry: 'https://npm.pkg.github.com/' };
    const html = renderMapPage({ ...map, artifacts: [...artifacts, second] });
    const kinds = elements(html, 'span').filter((one) => attribute(one, 'class') === 'ecosystem');
    const both = ['npm · registry.npmjs.org', 'npm · npm.pkg.github.com'];
    expect(kinds.map(text)).toEqual([both[0], 'pypi', 'go', 'oci', 'npm', both[1]]);
    expect(elements(html, 'fieldset')).toHaveLength(2);
    for (const kind of both) expect(html.split(kind)).toHaveLength(3);
  });

  test('has its newest rows as plain HTML, and says so without JavaScript if there are more', () => {
    const [small, large] = [renderMapPage(sampleMap()), renderMapPage(largeMap(2000))];
    expect(elements(small, 'tr')).toHaveLength(1 + 54);
    expect(small).toContain('shows all commits');
    expect(elements(large, 'tr')).toHaveLength(1 + PLAIN_ROWS);
    expect(large).toContain('shows the newest 100 of 2,000 commits');
    // 20,000 versions with their digests.
    expect(Buffer.byteLength(large)).toBeLessThan(4_000_000);
  });
});

describe('the state of a map', () => {
  test('is complete only if nothing is in doubt', () => {
    expect(stateOf({})).toBe('state complete');
    expect(stateOf({ notes: ['12 older versions are left out (--limit 50).'] })).toBe(
      'state complete',
    );
  });

  test.each<Partial<ReleaseMap>>([
    { status: 'unknown', exitCode: 5 },
    { status: 'converged', exitCode: 3 },
    { problems: [problem] },
  ])('is failed with %j, whatever else it says', (map) => {
    expect(stateOf(map)).toBe('state failed');
  });

  test.each<[string, (map: ReleaseMap) => Partial<ReleaseMap>]>([
    [
      'a registry has no list',
      ({ artifacts }) => ({ artifacts: artifacts.map(({ listed: _listed, ...one }) => one) }),
    ],
    [
      'a list is partial',
      ({ artifacts }) => ({
        artifacts: artifacts.map((one) => ({ ...one, isPartial: true as const })),
      }),
    ],
    ['a version is partial', ({ rows }) => ({ rows: withState(rows, 'partial') })],
    ['a version is unknown', ({ rows }) => ({ rows: withState(rows, 'unknown') })],
    [
      'a row lacks cells',
      ({ rows }) => ({ rows: rows.map((row) => ({ ...row, cells: row.cells.slice(1) })) }),
    ],
  ])('is doubtful if %s', (_name, change) => {
    expect(stateOf(change(sampleMap()))).toBe('state doubtful');
  });
});

function withState(rows: ReleaseMap['rows'], state: 'partial' | 'unknown'): ReleaseMap['rows'] {
  return rows.map((row) => ({
    ...row,
    cells: row.cells.map((cell) => ({
      ...cell,
      versions: cell.versions.map((version) => ({ ...version, state })),
    })),
  }));
}
