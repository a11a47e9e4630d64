import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { component, needs } from '@ameide/local-registries/components';
import { runGit } from '@ameide/publisher-kit/testing';
import { expect, onTestFinished, test } from 'vitest';
import { ask, CHECKOUT, type Files, WORKFLOW, workflow } from './ask.ts';
import { PLANTED } from './planted-cases.ts';

/** What both find, by zizmor's names and ours. */
const SHARED: Readonly<Record<string, readonly string[]>> = {
  'unpinned-uses': ['action-unpinned'],
  artipacked: ['checkout-credentials'],
  'excessive-permissions': ['permissions-missing', 'permissions-wide'],
  'template-injection': ['untrusted-text-in-script'],
};

interface Verdict {
  readonly zizmor: readonly string[];
  readonly ours: readonly string[];
}

async function repository(files: Files): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'ameide-doctor-lint-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(folder, dirname(path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  runGit(folder, ['init', '--quiet']);
  return folder;
}

async function run(
  name: 'zizmor' | 'actionlint',
  cwd: string,
  args: readonly string[],
): Promise<string> {
  const path = component(name).path ?? '';
  return promisify(execFile)(path, args, { cwd, maxBuffer: 1e8 }).then(
    ({ stdout }) => stdout,
    ({ stdout }: { readonly stdout: string }) => stdout,
  );
}

/** Which of the shared rules find something. */
async function verdict(files: Files): Promise<Verdict> {
  const args = ['--offline', '--no-config', '--no-progress', '--format', 'json', '.'];
  const found: readonly { readonly ident: string }[] = JSON.parse(
    await run('zizmor', await repository(files), args),
  );
  const idents = new Set(found.map(({ ident }) => ident));
  const rules = new Set((await ask(files)).map(({ rule }) => rule));
  return {
    zizmor: Object.keys(SHARED).filter((ident) => idents.has(ident)),
    ours: Object.entries(SHARED).flatMap(([ident, ours]) =>
      ours.some((rule) => rules.has(rule)) ? [ident] : [],
    ),
  };
}

const of = (steps: string): Files => ({ [WORKFLOW]: workflow(steps) });
const bare = (permissions: string, job = ''): Files => ({
  'package.json': '{ "scripts": { "test": "vitest run" } }',
  [WORKFLOW]: `on: push\n${permissions}jobs:\n  test:\n    runs-on: ubuntu-24.04\n${job}    steps:\n      - run: npm test\n  other:\n    runs-on: ubuntu-24.04\n${job}    steps:\n      - run: npm test\n`,
});
const inputs = (type: string): Files => ({
  [WORKFLOW]: workflow('- run: echo "${{ inputs.it }}"', {
    on: `{ workflow_dispatch: { inputs: { it: { type: ${type}${type === 'choice' ? ', options: [a]' : ''} } } } }`,
  }),
});
const script = (expression: string): Files => of(`- run: echo "\${{ ${expression} }}"`);
const SECRET = '- run: ./x.sh\n  env:\n    KEY: ${{ secrets.KEY }}';

/** Both say the same of these. */
const AGREED: readonly (readonly [title: string, files: Files, found: readonly string[]])[] = [
  ['a commit', of('- uses: actions/setup-node@820762786026740c76f36085b0efc47a31fe5020'), []],
  ['a tag', of('- uses: actions/setup-node@v6'), ['unpinned-uses']],
  ['a branch', of('- uses: acme/tool@main'), ['unpinned-uses']],
  ['an image by its digest', of(`- uses: docker://alpine@sha256:${'a'.repeat(64)}`), []],
  ['an action of the same repository', of('- uses: ./.github/actions/x'), []],
  [
    'a reusable workflow by its branch',
    {
      [WORKFLOW]:
        'on: push\npermissions: {}\njobs:\n  test:\n    uses: acme/ci/.github/workflows/x.yml@main\n',
    },
    ['unpinned-uses'],
  ],
  [
    'no credentials',
    of(`- uses: ${CHECKOUT}\n  with:\n    persist-credentials: false\n${SECRET}`),
    [],
  ],
  ['credentials beside a secret', of(`- uses: ${CHECKOUT}\n${SECRET}`), ['artipacked']],
  [
    'credentials that somebody wants',
    of(`- uses: ${CHECKOUT}\n  with:\n    persist-credentials: true\n${SECRET}`),
    [],
  ],
  ['no permissions', bare(''), ['excessive-permissions']],
  ['all permissions', bare('permissions: write-all\n'), ['excessive-permissions']],
  ['a scope for every job', bare('permissions:\n  contents: write\n'), ['excessive-permissions']],
  ['reading for every job', bare('permissions:\n  contents: read\n'), []],
  ['permissions of each job', bare('', '    permissions:\n      contents: read\n'), []],
  [
    'all permissions of a job',
    bare('permissions: {}\n', '    permissions: write-all\n'),
    ['excessive-permissions'],
  ],
  ...[
    'github.event.issue.title',
    'github.event.pull_request.head.ref',
    'github.event.comment.body',
    'github.event.head_commit.message',
    "github.event['pull_request']['title']",
    "github.event.release.tag_name || 'none'",
    'github.head_ref',
    'github.base_ref',
    'github.ref_name',
    'github.event.inputs.it',
    "format('x{0}', github.head_ref)",
  ].map((one): readonly [string, Files, readonly string[]] => [
    one,
    script(one),
    ['template-injection'],
  ]),
  ...[
    'github.sha',
    'github.run_id',
    'github.event.pull_request.number',
    'github.event.pull_request.head.sha',
    'github.event_name',
    'runner.os',
    "github.ref == 'refs/heads/main'",
  ].map((one): readonly [string, Files, readonly string[]] => [one, script(one), []]),
  ['an input that is text', inputs('string'), ['template-injection']],
  ['an input that is a choice', inputs('choice'), []],
  ['an input that is a boolean', inputs('boolean'), []],
  [
    'a title in the environment',
    of('- run: echo "$T"\n  env:\n    T: ${{ github.event.issue.title }}'),
    [],
  ],
  [
    'what a comment says to ignore',
    of('- uses: acme/tool@main # zizmor: ignore[unpinned-uses]'),
    [],
  ],
];

/** Here they differ, for a reason. */
const DIFFERENT: readonly (readonly [reason: string, files: Files, verdict: Verdict])[] = [
  [
    'the tag of an image can be moved as that of an action can: zizmor says so to pedants alone',
    of('- uses: docker://alpine:3.22'),
    { zizmor: [], ours: ['unpinned-uses'] },
  ],
  [
    'without a token to leave, there is nothing in the folder that the job could not read anyway',
    of(`- uses: ${CHECKOUT}\n- run: npm test`),
    { zizmor: ['artipacked'], ours: [] },
  ],
  [
    'a job that pushes needs the credentials: zizmor asks to say so',
    {
      [WORKFLOW]: workflow(`- uses: ${CHECKOUT}\n- run: git push`).replace(
        'contents: read',
        'contents: write',
      ),
    },
    { zizmor: ['artipacked'], ours: [] },
  ],
  [
    'outputs of steps are texts of this repository’s own steps: zizmor reports them with low confidence',
    script('steps.version.outputs.tag'),
    { zizmor: ['template-injection'], ours: [] },
  ],
  [
    'variables are set by the owners of the repository',
    script('vars.NAME'),
    { zizmor: ['template-injection'], ours: [] },
  ],
  [
    'zizmor looks at the scopes of a workflow, we also at what a job does',
    bare('permissions: {}\n', '    permissions:\n      contents: write\n'),
    { zizmor: [], ours: ['excessive-permissions'] },
  ],
];

needs('git', 'zizmor')('zizmor', () => {
  test.each(AGREED)('agrees: %s', async (_, files, found) => {
    expect(await verdict(files)).toEqual({ zizmor: found, ours: found });
  });

  test.each(DIFFERENT)('differs: %s', async (_, files, expected) => {
    expect(await verdict(files)).toEqual(expected);
  });
});

needs('git', 'actionlint')('actionlint', () => {
  test('takes every planted workflow for a workflow: what we find is no slip of the test', async () => {
    const files = Object.fromEntries(
      PLANTED.filter(({ rule }) => rule !== 'workflow-readable').map((one, index) => [
        `.github/workflows/case-${index}.yml`,
        one.files[WORKFLOW] ?? '',
      ]),
    );
    const args = ['-shellcheck=', '-pyflakes=', '-format', '{{json .}}'];
    const found: readonly { readonly kind: string; readonly message: string }[] = JSON.parse(
      await run('actionlint', await repository(files), args),
    );
    // The one thing that both look for.
    expect(new Set(found.map(({ kind }) => kind))).toEqual(new Set(['expression']));
    expect(found.filter(({ message }) => !message.includes('potentially untrusted'))).toEqual([]);
    expect(found.length).toBe(2);
  });
});
