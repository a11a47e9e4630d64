import { gzip, packTar, type TarEntry } from '@ameide/publisher-kit';
import { strToU8, zipSync } from 'fflate';

/** A distribution as some build could make it, and whether PyPI takes it. */
export interface AcceptanceCase {
  readonly title: string;
  readonly taken: boolean;
  readonly name: string;
  readonly bytes: Uint8Array;
}

type Lines = readonly string[];

interface Parts {
  /** Headers of the metadata besides Metadata-Version 2.4, Name and Version. */
  readonly headers?: Lines;
  readonly version?: string;
  readonly description?: string;
  /** Further members, below the dist-info folder of a wheel or the folder of an sdist. */
  readonly members?: Readonly<Record<string, string>>;
  readonly without?: string;
  /** After `pkg-1.0-` in a wheel's name. */
  readonly tags?: string;
  readonly spoil?: (zip: Buffer) => Uint8Array;
}

function metadata({ headers = [], version = '2.4', description = '' }: Parts): string {
  return `Metadata-Version: ${version}\nName: pkg\nVersion: 1.0\n${headers.map((line) => `${line}\n`).join('')}\n${description}`;
}

function wheel(title: string, taken: boolean, parts: Parts = {}): AcceptanceCase {
  const { members = {}, spoil = (zip: Buffer) => zip, tags = 'py3-none-any', without } = parts;
  const files: Record<string, string> = {
    'pkg/__init__.py': '',
    'pkg-1.0.dist-info/METADATA': metadata(parts),
    'pkg-1.0.dist-info/WHEEL': 'Wheel-Version: 1.0\n',
  };
  for (const [path, text] of Object.entries(members)) files[`pkg-1.0.dist-info/${path}`] = text;
  const record = [...Object.keys(files), 'pkg-1.0.dist-info/RECORD'].map((path) => `${path},,\n`);
  files['pkg-1.0.dist-info/RECORD'] = record.join('');
  if (without !== undefined) delete files[`pkg-1.0.dist-info/${without}`];
  const zip = zipSync(Object.fromEntries(Object.entries(files).map(([p, t]) => [p, strToU8(t)])));
  return { title, taken, name: `pkg-1.0-${tags}.whl`, bytes: spoil(Buffer.from(zip)) };
}

async function sdist(title: string, taken: boolean, parts: Parts = {}): Promise<AcceptanceCase> {
  const entries: TarEntry[] = [
    { path: 'pkg-1.0/PKG-INFO', content: strToU8(metadata(parts)) },
    { path: 'pkg-1.0/pyproject.toml', content: strToU8('') },
    ...Object.entries(parts.members ?? {}).map(([path, text]) => ({
      path,
      content: strToU8(text),
    })),
  ];
  return { title, taken, name: 'pkg-1.0.tar.gz', bytes: await gzip(await packTar(entries)) };
}

const header = (taken: boolean, line: string, parts: Parts = {}): AcceptanceCase =>
  wheel(line.length > 70 ? `${line.slice(0, 70)}…` : line, taken, { ...parts, headers: [line] });
const each = (taken: boolean, name: string, values: Lines): readonly AcceptanceCase[] =>
  values.map((value) => header(taken, `${name}: ${value}`));
const rst = (taken: boolean, title: string, description: string): AcceptanceCase =>
  wheel(`a description with ${title}`, taken, {
    headers: ['Description-Content-Type: text/x-rst'],
    description,
  });
const points = (taken: boolean, text: string): AcceptanceCase =>
  wheel(`entry points ${JSON.stringify(text)}`, taken, { members: { 'entry_points.txt': text } });
const platform = (taken: boolean, tag: string): AcceptanceCase =>
  wheel(`the platform ${tag}`, taken, { tags: `cp312-cp312-${tag}` });

/** Writes `value` at an offset behind each record with this signature. */
const patched =
  (signature: number, offset: number, value: number) =>
  (zip: Buffer): Buffer => {
    for (let at = 0; at + 46 < zip.length; at += 1)
      if (zip.readUInt32LE(at) === signature) zip.writeUInt16LE(value, at + offset);
    return zip;
  };

/** What PyPI's form and `packaging.metadata` decide. */
export const METADATA_CASES: readonly AcceptanceCase[] = [
  wheel('a plain wheel', true),
  ...['1.0', '2.1', '2.5'].map((v) => wheel(`metadata ${v}`, true, { version: v })),
  ...['2.0', '2.9', '9.9', ''].map((v) => wheel(`metadata "${v}"`, false, { version: v })),
  wheel('License-Expression in metadata 2.3', false, {
    version: '2.3',
    headers: ['License-Expression: MIT'],
  }),
  wheel('Dynamic in metadata 2.1', false, { version: '2.1', headers: ['Dynamic: License'] }),
  ...each(true, 'Summary', ['An SDK', 'é'.repeat(512)]),
  ...each(false, 'Summary', ['x'.repeat(513)]),
  header(false, 'Summary: one\n  two'),
  wheel('two summaries', false, { headers: ['Summary: a', 'Summary: b'] }),
  ...each(true, 'Description-Content-Type', [
    'text/markdown',
    'text/plain',
    'text/markdown; charset=UTF-8; variant=GFM',
    'Text/Markdown',
    'text/markdown; charset="utf-8"; variant=CommonMark',
    'text/plain; variant=other',
  ]),
  ...each(false, 'Description-Content-Type', [
    'text/html',
    'text/markdown; charset=latin-1',
    'text/markdown; variant=Other',
    'markdown',
    'text/markdown; variant=gfm',
    'text/rst',
  ]),
  ...each(true, 'Requires-Python', ['>=3.9', '>=3.9,<4', '==3.*', '~=3.9', '>=3.9,', '!=3.10.1']),
  ...each(false, 'Requires-Python', ['3.9', '>=3.9.*', '~=3', '=>3.9', '>=3.9 <4', '^3.9']),
  ...each(true, 'Requires-Dist', [
    'a',
    'a>=1,<2',
    'a (>=1)',
    'a[x,y]>=1',
    "a; python_version < '3.12'",
    'a == 1.*',
    'a; (os_name == "nt" or sys_platform not in "x") and extra == "b"',
    'a_b.c-d',
    'a===x',
  ]),
  ...each(false, 'Requires-Dist', [
    'a>=1.*',
    'a b',
    '-a',
    'a; nothing == 1',
    'a[x',
    'a^1',
    'a; python_version',
    'a>=',
    'a-',
  ]),
  ...each(true, 'Provides-Extra', ['a', 'A.b_c']),
  ...each(false, 'Provides-Extra', ['-a', 'a b']),
  ...each(true, 'License-Expression', [
    'MIT',
    'mit',
    'MIT OR (Apache-2.0 AND BSD-3-Clause)',
    'GPL-2.0+',
    'LicenseRef-Own.1',
    'GPL-2.0-or-later WITH Classpath-exception-2.0',
    'GPL-3.0',
  ]),
  ...each(false, 'License-Expression', [
    'Proprietary',
    'MIT/Apache-2.0',
    'MIT Apache-2.0',
    'MIT OR',
    '(MIT',
    'LicenseRef-a_b',
    '()',
    'MIT WITH Apache-2.0',
    '(MIT) WITH Classpath-exception-2.0',
    'LicenseRef-Own+',
  ]),
  wheel('License beside License-Expression', false, {
    headers: ['License: MIT', 'License-Expression: MIT'],
  }),
  wheel('a licence classifier beside License-Expression', true, {
    headers: ['License-Expression: MIT', 'Classifier: License :: OSI Approved :: MIT License'],
  }),
  ...each(true, 'Classifier', ['Programming Language :: Python :: 3', 'Typing :: Typed']),
  ...each(false, 'Classifier', [
    'Private :: Do Not Upload',
    'programming language :: python',
    'Topic :: Nothing',
    'Natural Language :: Ukranian',
    'License :: OSI Approved :: X.Net License',
  ]),
  ...each(true, 'Project-URL', [
    'Home, https://example.org/a?b=c#d',
    'Home, HTTP://example.org:80/%20',
    'H, http://[::1]/',
    `${'x'.repeat(32)}, https://example.org`,
    'a, b, c'.replace('b, c', 'https://e.org/,'),
    'Home, https://user@example.org',
    'Home, https://example.org/a b',
    'Home, https:x',
    'H, https://ü',
  ]),
  ...each(false, 'Project-URL', [
    'Home, example.org',
    'Home, git@github.com:a/b',
    'Home, ssh://example.org',
    'Home',
    'Home,',
    `${'x'.repeat(33)}, https://example.org`,
    ', https://e.org',
    'Home, https://e.org:99999/',
    'Home, //example.org',
    'Home, https//example.org',
  ]),
  wheel('two project URLs of one label', false, {
    headers: ['Project-URL: A, https://a.org', 'Project-URL: A, https://b.org'],
  }),
  ...each(true, 'Home-page', ['https://example.org']),
  ...each(false, 'Home-page', ['example.org', 'UNKNOWN']),
  ...each(false, 'Download-URL', ['ftp://example.org/a.tar.gz']),
  ...each(true, 'Keywords', ['a,b', 'a b']),
  ...each(true, 'Dynamic', ['License-File', 'requires-dist']),
  ...each(false, 'Dynamic', ['Version', 'Colour']),
  ...each(false, 'License-File', ['../LICENSE', '/LICENSE', 'LICEN*', 'a\\b']),
  ...each(false, 'Provides-Dist', ['a @ https://example.org/a.whl', '-a']),
];

/** What email-validator decides. */
export const MAIL_CASES: readonly AcceptanceCase[] = [
  ...each(true, 'Author-email', [
    'a@example.org',
    'Ann Other <a.b+c@example.org>',
    '"Other, Ann" <a@example.org>',
    'a@example.org, nonsense',
    'A <a@b.c.example.org>',
  ]),
  ...each(false, 'Author-email', [
    'a@localhost',
    'a@example',
    'a..b@example.org',
    'a@-example.org',
    'A <a b>',
    'a@x.test',
    'Ann',
  ]),
  ...each(false, 'Maintainer-email', ['not an address']),
];

/** What PyPI's renderer decides. */
export const DESCRIPTION_CASES: readonly AcceptanceCase[] = [
  rst(
    true,
    'what docutils knows',
    'Title\n=====\n\n.. code-block:: python\n\n   a = 1\n\n:code:`x` and ``:ref:`x```\n\n::\n\n   .. toctree::\n',
  ),
  rst(true, 'an underline of three', 'Long title\n===\n'),
  rst(true, 'a role of its own', '.. role:: mine\n\nSome :mine:`text`.\n'),
  rst(true, 'a simple table', '=====  =====\nA      B\n=====  =====\na b c  d\n=====  =====\n'),
  rst(true, 'a substitution', '|badge|\n\n.. |badge| image:: https://e.org/a.svg\n'),
  rst(true, 'a quoted literal block', 'Look::\n\n.. toctree::\n..\n'),
  rst(false, 'a directive of Sphinx', 'Text\n\n.. toctree::\n   a\n'),
  rst(false, 'a role of Sphinx', 'See :class:`Client`.\n'),
  rst(false, 'a short underline', 'Long title\n====\n\nText\n'),
  rst(false, 'include', '.. include:: CHANGES.rst\n'),
  rst(false, 'raw', '.. raw:: html\n\n   <b>x</b>\n'),
  rst(false, 'a broken table', '+---+\n| a |\n'),
  rst(false, 'an unknown target', 'See `nothing`_.\n'),
  rst(false, 'an open role', 'An *open emphasis.\n'),
  rst(false, 'nothing but a comment', '.. nothing\n'),
  wheel('Markdown that its metadata does not call so', false, { description: '# A\n\n`a`_ *b\n' }),
  wheel('Markdown', true, {
    headers: ['Description-Content-Type: text/markdown'],
    description: '# A\n\n*b\n\n.. toctree::\n',
  }),
  wheel('plain text', true, {
    headers: ['Description-Content-Type: text/plain'],
    description: '.. toctree::\n',
  }),
];

/** What PyPI's own code decides about the archive and its name. */
export async function archiveCases(): Promise<readonly AcceptanceCase[]> {
  const LICENSE = { headers: ['License-File: LICENSE'] };
  return [
    ...['linux_armv7l', 'manylinux2014_x86_64.manylinux_2_17_x86_64', 'musllinux_1_2_aarch64'].map(
      (tag) => platform(true, tag),
    ),
    ...['macosx_10_9_universal2', 'macosx_14_0_arm64', 'win_amd64', 'ios_13_0_arm64_iphoneos'].map(
      (tag) => platform(true, tag),
    ),
    ...[
      'android_21_arm64_v8a',
      'pyemscripten_2025_0_wasm32',
      'manylinux_2_39_riscv64',
      'win32',
    ].map((tag) => platform(true, tag)),
    ...['linux_x86_64', 'linux_aarch64', 'macosx_14_1_arm64', 'macosx_99_0_arm64', 'win'].map(
      (tag) => platform(false, tag),
    ),
    ...['manylinux_2_17_armv6l', 'musllinux_1_2_ppc64', 'pyodide_2024_0_wasm32', 'freebsd_14'].map(
      (tag) => platform(false, tag),
    ),
    platform(false, 'manylinux2014_x86_64.linux_x86_64'),
    wheel('a build number', true, { tags: '1abc-py3-none-any' }),
    wheel('a build number without a digit', false, { tags: 'abc-py3-none-any' }),
    wheel('an empty tag', false, { tags: 'py2.-none-any' }),
    ...['WHEEL', 'RECORD'].map((file) => wheel(`no ${file}`, false, { without: file })),
    points(true, '[console_scripts]\na-b.c = pkg:main\n\n[other]\nx/y = pkg\n'),
    points(true, '# comment\n[gui_scripts]\na = pkg:main\n  more\n'),
    points(false, '[console_scripts]\n../a = pkg:main\n'),
    points(false, 'a = pkg:main\n'),
    points(false, '[console_scripts]\na\n'),
    points(false, '[console_scripts]\na = pkg:b\na = pkg:c\n'),
    points(false, '[a]\nx = y\n[a]\nz = y\n'),
    wheel('bytes after its end', false, { spoil: (zip) => Buffer.concat([zip, Buffer.from('x')]) }),
    wheel('bytes before its start', false, {
      spoil: (zip) => Buffer.concat([Buffer.from('x'), zip]),
    }),
    wheel('data descriptors', false, { spoil: patched(0x04034b50, 6, 8) }),
    wheel('another size in its members', false, { spoil: patched(0x04034b50, 22, 1) }),
    wheel('a licence file', true, { ...LICENSE, members: { 'licenses/LICENSE': 'MIT' } }),
    wheel('a licence file that is not there', false, LICENSE),
    await sdist('a plain sdist', true),
    await sdist('an sdist with a licence file', true, {
      ...LICENSE,
      members: { 'pkg-1.0/LICENSE': 'MIT' },
    }),
    await sdist('an sdist without its licence file', false, LICENSE),
    await sdist('an sdist with two folders', false, { members: { 'other/a': '' } }),
  ];
}
