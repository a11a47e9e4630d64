import { execFileSync } from 'node:child_process';
import { needs } from '@ameide/local-registries/components';
import { expect, test } from 'vitest';
import type { IndexFile } from '../src/simple-api/project-files.ts';
import { parseProjectPage } from '../src/simple-api/project-files.ts';

const PAGE = 'https://pypi.example.org/simple/a/';
const DIGEST = 'ab'.repeat(32);
const WHEEL = 'a-1.0-py3-none-any.whl';

// pip takes an absolute base address only; browsers and we take a relative one as well.
/** Pages of which pip's own parser and the HTML standard say the same. */
const PAGES: readonly (readonly [title: string, html: string])[] = [
  ['a ">" in an attribute before href', `<a data-requires-python=">=3.8" href="${WHEEL}">a</a>`],
  ['a ">" in single quotes', `<a data-requires-python='>=3.8,<4' href='${WHEEL}'>a</a>`],
  ['a "<" in an attribute', `<a data-requires-python="<4" href="${WHEEL}">a</a>`],
  ['an address in another attribute', `<a title="href=b-1.0.tar.gz" href="${WHEEL}">a</a>`],
  ['a file in a comment', `<!-- <a href="b-1.0.tar.gz">b</a> --><a href="${WHEEL}">a</a>`],
  ['a comment with ">" in it', `<!-- > <a href="b-1.0.tar.gz"> --><a href="${WHEEL}">a</a>`],
  ['a file in a script', `<script>"<a href='b-1.0.tar.gz'>"</script><a href="${WHEEL}">a</a>`],
  ['a script with an end in capitals', `<script><a href="b"></SCRIPT ><a href="${WHEEL}">a</a>`],
  ['a file in a style sheet', `<style>a { } <a href=b-1.0.tar.gz></style><a href="${WHEEL}">`],
  [
    'a base before its files',
    `<base href="https://files.example.org/files/"><a href="${WHEEL}">a</a>`,
  ],
  [
    'a base after its files',
    `<a href="${WHEEL}">a</a><base href="https://files.example.org/files/">`,
  ],
  [
    'two bases',
    `<base href="https://files.example.org/x/"><base href="https://files.example.org/y/"><a href="${WHEEL}">a</a>`,
  ],
  [
    'a base without an address',
    `<base target="_top"><base href="https://files.example.org/y/"><a href="${WHEEL}">a</a>`,
  ],
  ['capitals', `<A HREF="${WHEEL}" DATA-CORE-METADATA="sha256=${DIGEST}">a</A>`],
  ['no quotes', `<a href=${WHEEL}#sha256=${DIGEST} rel=internal>a</a>`],
  ['spaces and lines in a tag', `<a\n  href = "${WHEEL}"\n\tdata-yanked\n>a</a>`],
  ['a slash at the end of a tag', `<a href="${WHEEL}"/>`],
  ['tags that only begin like it', `<area href="b"><abbr href="c"><a href="${WHEEL}">a</a>`],
  [
    'anchors without an address',
    `<a name="top">top</a><a href="">here</a><a href="${WHEEL}">a</a>`,
  ],
  [
    'an entity in an address',
    `<a href="/get?file=1&amp;as=2&#47;${WHEEL}">a</a><a href="${WHEEL}">`,
  ],
  ['a path with entities', `<a href="/f&#x2F;a&#45;1.0&#x2e;tar.gz">a</a>`],
  ['a digest among others', `<a href="${WHEEL}#egg=a&sha256=${DIGEST}">a</a>`],
  ['another digest', `<a href="${WHEEL}#md5=${DIGEST.slice(32)}">a</a>`],
  ['metadata without a digest', `<a href="${WHEEL}" data-core-metadata="true">a</a>`],
  [
    'metadata under its older name',
    `<a href="${WHEEL}" data-dist-info-metadata="sha256=${DIGEST}">`,
  ],
  [
    'metadata under both names',
    `<a href="${WHEEL}" data-dist-info-metadata="true" data-core-metadata="sha256=${DIGEST}">a</a>`,
  ],
  ['an escaped plus', `<a href="a-1.0%2Bgit.g1.tar.gz">a</a>`],
  ['a query', `<a href="${WHEEL}?token=1#sha256=${DIGEST}">a</a>`],
  ['an anchor in an anchor', `<a href="a-1.0.tar.gz"><a href="${WHEEL}">a</a></a>`],
  [
    'a declaration',
    `<!DOCTYPE html PUBLIC "-//W3C//DTD"><?xml version="1.0"?><a href="${WHEEL}">a</a>`,
  ],
  ['a "<" that opens nothing', `1 < 2 <3 <- <a href="${WHEEL}">a</a>`],
  ['a table', `<table><tr><td><a href="${WHEEL}">a</a></table>`],
  ['noscript', `<noscript><a href="${WHEEL}">a</a></noscript>`],
];

const PARSE_LINKS = `
import json, sys
from pip._internal.index.collector import IndexContent, parse_links
found = []
for page in json.load(sys.stdin):
    content = IndexContent(page.encode(), "text/html", "utf-8", url="${PAGE}", cache_link_parsing=False)
    found.append([{
        "name": link.filename,
        "url": link.url_without_fragment,
        "sha256": link.hash if link.hash_name == "sha256" else None,
        "metadata": link.metadata_file_data and (link.metadata_file_data.hashes or {}),
    } for link in parse_links(content)])
json.dump(found, sys.stdout)
`;

interface PipLink {
  readonly name: string;
  readonly url: string;
  readonly sha256: string | null;
  readonly metadata: { readonly sha256?: string } | null;
}

const asPipLink = ({ name, url, sha256, metadata }: IndexFile): PipLink => ({
  name,
  url,
  sha256: sha256 ?? null,
  metadata: metadata ?? null,
});

needs('pip')('an index page', () => {
  const input = JSON.stringify(PAGES.map(([, html]) => html));
  const fromPip = (): readonly PipLink[][] =>
    JSON.parse(execFileSync('python3', ['-c', PARSE_LINKS], { input, encoding: 'utf8' }));

  test('lists the files that pip finds, with the same digests', () => {
    const ours = PAGES.map(([title, html]) => [
      title,
      parseProjectPage(html, 'text/html', PAGE).map(asPipLink),
    ]);
    expect(ours).toEqual(fromPip().map((links, index) => [PAGES[index]?.[0], links]));
  });
});

// Where Python 3.11's parser differs, the standard says what is right, as newer ones do.
test.each([
  ['a title with a file', `<title><a href="b-1.0.tar.gz"></title><a href="${WHEEL}">`],
  ['a text area with a file', `<textarea><a href="b-1.0.tar.gz"></textarea><a href="${WHEEL}">`],
  ['an empty comment', `<!--><a href="${WHEEL}">a</a><!-- -->`],
  ['a comment that ends with --!>', `<!-- --!><a href="${WHEEL}">a</a><!-- -->`],
  ['an attribute that is there twice', `<a href="${WHEEL}" href="b-1.0.tar.gz">a</a>`],
  ['an ampersand that is no entity', `<a href="${WHEEL}?a=1&copy=2">a</a>`],
])('%s: the file is found, and no other', (_title, html) => {
  const files = parseProjectPage(html, 'text/html', PAGE);
  expect(files.map(({ name }) => name)).toEqual([WHEEL]);
});

test.each([
  ['a script', `<a href="${WHEEL}">a</a><script><a href="b-1.0.tar.gz">`],
  ['a title', `<a href="${WHEEL}">a</a><title><a href="b-1.0.tar.gz">`],
  ['plain text', `<a href="${WHEEL}">a</a><plaintext><a href="b-1.0.tar.gz">`],
  ['a quoted value', `<a href="${WHEEL}">a</a><a title="<a href=b-1.0.tar.gz>`],
])('a page that breaks off in %s is refused', (_title, html) => {
  expect(() => parseProjectPage(html, 'text/html', PAGE)).toThrow(/breaks off inside/);
});
