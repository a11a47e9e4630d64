import { assert, asyncProperty, constantFrom, nat, string } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ask, WORKFLOW, workflow } from './ask.ts';
import { PLANTED } from './planted-cases.ts';

const BOMB = [
  'a: &a [x, x, x, x, x, x, x, x, x]',
  ...'bcdefghij'.split('').map((name, index) => {
    const before = '*' + 'abcdefghij'.charAt(index);
    return `${name}: &${name} [${Array.from({ length: 9 }, () => before).join(', ')}]`;
  }),
].join('\n');
const STEP = '      - &s { run: "pnpm install --filter x" }\n';

const HOSTILE: readonly (readonly [title: string, text: string])[] = [
  ['nothing', ''],
  ['a list', '- a\n- b\n'],
  ['a number', '42'],
  ['tabs', 'on: push\njobs:\n\ttest:\n\t\tsteps: []\n'],
  ['control characters', 'on: push\njobs: "\u0000\u0007"\n'],
  ['an alias of nothing', 'on: push\njobs: *nothing\n'],
  [
    'an anchor in itself',
    'on: push\njobs: &j\n  a: *j\n  b:\n    steps: &s\n      - *s\n      - run: *j\n',
  ],
  ['a bomb of aliases', `${BOMB}\njobs:\n  x:\n    steps: *j\n`],
  [
    'jobs times steps',
    `jobs:\n  first:\n    steps: &all\n${STEP.repeat(2000)}${Array.from({ length: 2000 }, (_, at) => `  j${at}:\n    steps: *all\n`).join('')}`,
  ],
  [
    'values of the wrong kind',
    'on: [[push]]\npermissions: [write-all]\nenv: 7\njobs:\n  a: null\n  b: [x]\n  c:\n    steps: { run: x }\n  d:\n    steps:\n      - x\n      - run: [y]\n        uses: {}\n        with: z\n        if: []\n',
  ],
  ['deep maps', `jobs: ${'{a: '.repeat(20_000)}`],
  ['deep lists', `jobs: ${'['.repeat(20_000)}`],
  [
    'a megabyte of one script',
    workflow(`- run: "${'echo ${{ github.sha }} $(date) && '.repeat(30_000)}true"`),
  ],
  ['a megabyte of open expressions', workflow(`- run: "${'${{ '.repeat(250_000)}"`)],
  ['a megabyte of open quotes', workflow(`- run: |\n    ${`'"$(\``.repeat(200_000)}`)],
  [
    'a megabyte of one word',
    workflow(`- run: "sed -i s/${'version'.repeat(150_000)} package.json"`),
  ],
  ['many steps', workflow('- run: npm publish || true\n'.repeat(15_000))],
  ['a long line of pipes', workflow(`- run: VERSION=$(${'tr - . | '.repeat(20_000)} cat)`)],
];

describe('never throws, and comes to an end', () => {
  test.each(HOSTILE)('%s', { timeout: 20_000 }, async (_, text) => {
    const findings = await ask({ [WORKFLOW]: text, 'action.yml': text.slice(0, 50_000) });
    for (const { column = 1, line = 1 } of findings)
      expect(Math.min(line, column)).toBeGreaterThan(0);
  });

  test('a byte order mark and CRLF move no finding', async () => {
    for (const { files } of PLANTED) {
      const text = files[WORKFLOW] ?? '';
      const places = async (written: string): Promise<readonly unknown[]> =>
        (await ask({ ...files, [WORKFLOW]: written })).map(({ column, line, message, rule }) => [
          rule,
          line,
          column,
          message,
        ]);
      const expected = await places(text);
      expect(await places(`\uFEFF${text}`)).toEqual(expected);
      const crlf = await places(text.replaceAll('\n', '\r\n'));
      expect(crlf.map((one) => JSON.stringify(one))).toHaveLength(expected.length);
      expect(crlf.map((one) => (one as readonly unknown[])[1])).toEqual(
        expected.map((one) => (one as readonly unknown[])[1]),
      );
    }
  });

  test('any damage of a workflow', async () => {
    const texts = PLANTED.flatMap(({ files }) => files[WORKFLOW] ?? []);
    await assert(
      asyncProperty(
        constantFrom(...texts),
        nat(),
        nat(40),
        string({
          unit: constantFrom(
            '"',
            "'",
            '{',
            '[',
            '&a',
            '*a',
            '|',
            '>',
            '\t',
            '\n',
            ':',
            '- ',
            '$',
            '`',
            '(',
            '#',
            '<<EOF',
            '${{',
            '\r',
            '\u0000',
            'é',
            '😀',
          ),
        }),
        async (text, at, length, noise) => {
          const start = at % (text.length + 1);
          await ask({ [WORKFLOW]: text.slice(0, start) + noise + text.slice(start + length) });
        },
      ),
      { numRuns: 300 },
    );
  });
});
