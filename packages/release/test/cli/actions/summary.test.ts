import { stripVTControlCharacters } from 'node:util';
import { micromark } from 'micromark';
import { gfm, gfmHtml } from 'micromark-extension-gfm';
import { type DefaultTreeAdapterTypes, parseFragment } from 'parse5';
import { describe, expect, test } from 'vitest';
import { code, type Markup } from '../../../src/cli/actions/markup.ts';
import { appendSummary, fitting } from '../../../src/cli/actions/step-file.ts';
import { failureSummary, releaseSummary } from '../../../src/cli/actions/summary.ts';
import { inertLines } from '../../../src/cli/plain.ts';
import type { ReleaseReport } from '../../../src/report/release-report.ts';
import { createFakeWorld, fake } from '../../fake-publisher.ts';
import { stepFile } from '../../support/github-step.ts';
import { problem, publish } from '../../support/run.ts';

const HOSTILE = [
  'a | b | c',
  '`code` ``` ~~~',
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '</code></td></table><h1>x',
  '&lt;b&gt; &amp; &#60;',
  '[x](javascript:alert(1)) ![y](https://example.com/pixel)',
  'https://example.com www.example.com x@example.com',
  '@somebody #1 :tada: $x^2$ ~~gone~~',
  '# heading\n\n- list\n\n<b>bold</b>\n\n    indented',
  'one\r\n\r\n| a |\n|---|\n| b |',
  '\u202egnp.exe \u0007\u001b[31m',
  '<!-- x --> <?php ?> <![CDATA[x]]>',
  '\\| \\` \\<',
  'a\u2028b',
];

interface Shown {
  readonly elements: ReadonlySet<string>;
  readonly attributes: readonly string[];
  readonly text: string;
  /** The text of each `<code>` and `<pre>`. */
  readonly quoted: readonly string[];
}

/** What a browser gets: Markdown as GitHub reads it, then HTML. */
function shown(summary: string): Shown {
  const html = micromark(summary, {
    extensions: [gfm()],
    htmlExtensions: [gfmHtml()],
    allowDangerousHtml: true,
    allowDangerousProtocol: true,
  });
  const [elements, attributes, quoted] = [new Set<string>(), [] as string[], [] as string[]];
  const textOf = (node: DefaultTreeAdapterTypes.Node): string => {
    if ('value' in node) return node.value;
    if (!('childNodes' in node)) return node.nodeName === '#comment' ? '<!-- -->' : '';
    const text = node.childNodes.map(textOf).join('');
    if ('tagName' in node) {
      elements.add(node.tagName);
      attributes.push(...node.attrs.map(({ name }) => name));
      if (node.tagName === 'code' || node.tagName === 'pre') quoted.push(text);
    }
    return text;
  };
  return { text: textOf(parseFragment(html)), elements, attributes, quoted };
}

const OURS = new Set(['code', 'h3', 'p', 'pre', 'table', 'tbody', 'td', 'th', 'tr']);

function join(sections: readonly { readonly markup: Markup }[]): string {
  return sections.map(({ markup }) => markup).join('');
}

async function reportWith(text: string): Promise<ReleaseReport> {
  const report = await publish([fake(createFakeWorld(), 'a')]);
  const failed = problem('incomplete', { message: text, hint: text, publisher: 'npm:a' } as object);
  return {
    ...report,
    status: 'incomplete',
    exitCode: 3,
    release: { ...report.release, ref: text, note: text },
    pointers: report.pointers.map((pointer) => ({ ...pointer, now: text, outcome: 'blocked' })),
    notes: [text],
    problems: [failed],
  };
}

describe('text from outside', () => {
  test.each(HOSTILE)('%j is shown as it is, and is nothing else', async (text) => {
    const { attributes, elements, quoted } = shown(join(releaseSummary(await reportWith(text))));
    expect([...elements].filter((name) => !OURS.has(name))).toEqual([]);
    expect(attributes).toEqual([]);
    const whole = inertLines(text);
    // The ref, the release's note and the report's.
    expect(quoted.filter((one) => one === whole)).toHaveLength(3);
    // Colours are ours there, and are taken out.
    expect(quoted).toContain(`blocked: names ${inertLines(stripVTControlCharacters(text))}`);
    for (const line of whole.split('\n')) expect(quoted.at(-3)).toContain(line);
  });

  test('that is long is cut: no cell fills the summary', () => {
    expect(code('x'.repeat(1_000_000)).length).toBeLessThan(5000);
  });
});

test('what is published: the result, the commit, what it was built from, how to install it', async () => {
  const report = await publish([fake(createFakeWorld(), 'a')]);
  const { sha } = report.release;
  const { quoted, text } = shown(join(releaseSummary(report)));
  expect(text).toContain('✅ publish: 1 published; all read back.');
  expect(text).toContain('Outcome');
  const { coordinate, digest = '' } = report.artifacts[0] ?? { coordinate: '' };
  const [name = '', version = ''] = coordinate.split('@');
  expect(quoted).toEqual(expect.arrayContaining([sha, name, version, digest]));
  expect(quoted).toContainEqual(expect.stringMatching(/^npm install a@0\.1\.0-dev\./));
});

test('what is not on the registry has no line to install it', async () => {
  const report = await reportWith('x');
  const artifacts = report.artifacts.map((one) => ({
    ...one,
    outcome: undefined,
    state: 'absent',
  }));
  const { quoted, text } = shown(
    join(releaseSummary({ ...report, artifacts } as unknown as ReleaseReport)),
  );
  expect(text).toContain('❌ publish: ');
  expect(quoted.join('\n')).not.toContain('npm install');
});

test('a run that asked no registry has no table of what is there', async () => {
  const publisher = fake(createFakeWorld(), 'a', {
    override: () => ({ validate: async () => [problem('input')] }),
  });
  const { text } = shown(join(releaseSummary(await publish([publisher]))));
  expect(text).toContain('❌ publish: Nothing was sent. Exit 2 (invalid-input).');
  expect(text).toContain('a problem of the kind input');
  expect(text).not.toContain('Artifact');
});

test('a command that could not begin shows its problem', () => {
  const { text } = shown(join(failureSummary('publish', [problem('input')], false)));
  expect(text).toContain('❌ publish: test-input');
  expect(text).toContain('a problem of the kind input');
});

describe('a step summary holds 1 MiB', () => {
  const MIB = 1024 * 1024;
  const sections = (size: number) => [
    { title: 'the result', markup: code('it') },
    { title: 'artifacts', markup: 'x'.repeat(size) as Markup },
    { title: 'a note', markup: code('that') },
  ];

  test('a part without room is left out, and the summary names it', () => {
    expect(fitting(sections(MIB / 2), MIB)).toHaveLength(MIB / 2 + 32);
    const text = fitting(sections(MIB), MIB);
    expect(text).toContain('<code>it</code><code>that</code>');
    expect(text).toContain('left out: artifacts.');
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(MIB);
  });

  test.each([0, MIB - 3000, MIB - 1100, MIB - 900, MIB - 10, MIB, MIB + 10])(
    'with what earlier commands of the step wrote: %i bytes',
    async (before) => {
      const file = stepFile('x'.repeat(before));
      await appendSummary(file, sections(2000));
      const { size } = await import('node:fs').then(({ statSync }) => statSync(file));
      expect(size).toBeLessThanOrEqual(Math.max(MIB, before));
    },
  );
});
