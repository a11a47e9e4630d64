import { applyEdits } from '@ameide/source-files/text';
import { describe, expect, test } from 'vitest';
import { fixAll } from '../../../src/doctor/fix.ts';
import { findAll } from '../../../src/doctor/run-rules.ts';
import { readWorkflowFacts, workflowRules } from '../../../src/doctor/workflows/index.ts';
import { ask, CHECKOUT, type Files, sourceFiles, WORKFLOW, workflow } from './ask.ts';

/** The file after all fixes, as `--fix` makes them. */
async function fixed(files: Files, path: string = WORKFLOW): Promise<string> {
  const { files: changed } = await fixAll(sourceFiles(files), async (some) => ({
    findings: await findAll(workflowRules, await readWorkflowFacts(some, [])),
  }));
  return changed.find((one) => one.path === path)?.text ?? files[path] ?? '';
}

const of = (steps: string): Files => ({
  [WORKFLOW]: workflow(steps),
  'package.json': '{ "scripts": { "test": "vitest run" } }',
});
const LOCKED: Files = { 'pnpm-lock.yaml': '', 'yarn.lock': '' };

describe('an install', () => {
  test.each([
    ['pnpm install --filter ./packages/** --filter ./tools/**', 'pnpm install --frozen-lockfile'],
    ['pnpm --filter=a -F b i --frozen-lockfile', 'pnpm i --frozen-lockfile'],
    ['pnpm i --no-frozen-lockfile # for now', 'pnpm i --frozen-lockfile # for now'],
    ['yarn install --no-immutable', 'yarn install --immutable'],
    [
      'cd a && pnpm install --filter x && pnpm test',
      'cd a && pnpm install --frozen-lockfile && pnpm test',
    ],
  ])('%s', async (before, after) => {
    expect(await fixed({ ...of(`- run: ${before}`), ...LOCKED })).toBe(workflow(`- run: ${after}`));
  });

  test('over several lines, with CRLF', async () => {
    const crlf = (script: string): string =>
      workflow(`- run: |\n${script}`).replaceAll('\n', '\r\n');
    const before = crlf(
      "    pnpm install \\\n      --filter './packages/**' \\\n      --prod\n    pnpm test",
    );
    const after = crlf('    pnpm install --frozen-lockfile \\\n      --prod\n    pnpm test');
    expect(await fixed({ ...of(''), ...LOCKED, [WORKFLOW]: before })).toBe(after);
  });

  test('in a package.json, with its escapes', async () => {
    const manifest = (script: string): string =>
      `{\n\t"scripts": { "build": "tsc", "setup": "echo \\"a\\" && ${script}" }\n}\n`;
    const files = {
      ...of('- run: pnpm build\n- run: npm run setup'),
      ...LOCKED,
      'package.json': manifest('pnpm install -F x'),
    };
    expect(await fixed(files, 'package.json')).toBe(manifest('pnpm install --frozen-lockfile'));
  });

  test('npm install becomes npm ci', async () => {
    const files = { ...of('- run: npm install --no-audit'), 'package-lock.json': '{}' };
    expect(await fixed(files)).toBe(workflow('- run: npm ci --no-audit'));
  });

  test('where quotes change what is written, a person decides', async () => {
    const files = of(`- run: 'pnpm install --filter ''./packages/**'''`);
    const [finding] = await ask(files);
    expect(finding?.rule).toBe('install-filter');
    expect(finding?.fix).toBeUndefined();
  });
});

describe('a checkout', () => {
  const PLAN = '- run: pnpm exec ameide-release plan\n  env:\n    TOKEN: ${{ secrets.TOKEN }}';
  const after = workflow(`- uses: ${CHECKOUT} # v7
  with:
    fetch-depth: 0
    persist-credentials: false
${PLAN}`);

  test('without inputs gets both', async () => {
    expect(await fixed(of(`- uses: ${CHECKOUT} # v7\n${PLAN}`))).toBe(after);
  });

  test('with one gets the other', async () => {
    expect(
      await fixed(of(`- uses: ${CHECKOUT} # v7\n  with:\n    persist-credentials: false\n${PLAN}`)),
    ).toBe(after);
    expect(
      await fixed(
        of(
          `- uses: ${CHECKOUT} # v7\n  with:\n    fetch-depth: "10"\n    persist-credentials: false\n${PLAN}`,
        ),
      ),
    ).toBe(after);
  });

  test('below a name, between other keys, with CRLF', async () => {
    const text = (inputs: string): string =>
      workflow(
        `- name: Check out\n  uses: "${CHECKOUT}"\n${inputs}  id: checkout\n${PLAN}`,
      ).replaceAll('\n', '\r\n');
    expect(await fixed({ [WORKFLOW]: text('') })).toBe(
      text('  with:\n    fetch-depth: 0\n    persist-credentials: false\n'),
    );
  });

  test('on one line is left to a person', async () => {
    const findings = await ask(of(`- { uses: "${CHECKOUT}" }\n${PLAN}`));
    expect(findings.map(({ fix, rule }) => [rule, fix])).toEqual([
      ['checkout-shallow', undefined],
      ['checkout-credentials', undefined],
    ]);
  });

  test('that an alias repeats is fixed once', async () => {
    const text = `on: push
permissions: {}
jobs:
  plan: &plan
    runs-on: ubuntu-24.04
    permissions: { contents: read }
    steps:
      - uses: ${CHECKOUT}
        with:
          persist-credentials: false
      - run: ameide-release plan
  again: *plan
`;
    const findings = await ask({ [WORKFLOW]: text });
    expect(findings.map(({ line, rule }) => [rule, line])).toEqual([['checkout-shallow', 8]]);
    const edits = findings[0]?.fix?.[0]?.edits ?? [];
    expect(applyEdits(text, edits)).toBe(
      text.replace('          persist', '          fetch-depth: 0\n          persist'),
    );
  });
});
