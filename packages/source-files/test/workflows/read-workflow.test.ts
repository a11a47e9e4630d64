import { expect, test } from 'vitest';
import { readWorkflow } from '../../src/workflows/index.ts';

const PATH = '.github/workflows/ci.yml';

/** The runs and uses of all steps, with what stands at their place in the file. */
function steps(
  text: string,
  path: string = PATH,
): readonly (readonly [string | undefined, string])[] {
  const read = readWorkflow(path, text);
  return read.jobs.flatMap((job) =>
    job.steps.map(({ run, uses }) => {
      const offset = run === undefined ? (uses?.start ?? 0) : run.offsetOf(0);
      return [run?.text ?? uses?.text, read.text.slice(offset, offset + 4)];
    }),
  );
}

test('reads jobs and steps in every style of YAML', () => {
  const text = `on: { push: { branches: [main] }, "workflow_dispatch": }
jobs:
  a:
    steps:
      - run: plain text # comment
      - run: 'single ''quoted'''
      - run: "double \\"quoted\\""
      - run: |-
          literal
            text
      - run: >-
          folded
          text
      - {uses: acme/x@v1, with: {y: z}}
  "b": {"steps": [{"run": "json"}]}
`;
  expect(readWorkflow(PATH, text).events.map((event) => event.text)).toEqual([
    'push',
    'workflow_dispatch',
  ]);
  expect(steps(text)).toEqual([
    ['plain text', 'plai'],
    ["single 'quoted'", 'sing'],
    ['double "quoted"', 'doub'],
    ['literal\n  text', 'lite'],
    ['folded text', 'fold'],
    ['acme/x@v1', 'acme'],
    ['json', 'json'],
  ]);
});

test('each character of a script has its place, whatever the style', () => {
  const text =
    'jobs:\r\n  a:\r\n    steps:\r\n      - run: |\r\n          one \\\r\n            two\r\n      - run: >\r\n          three\r\n          four\r\n      - run: "fi\\"ve\\tsix"\r\n';
  const { jobs, text: source } = readWorkflow(PATH, text);
  const found = (jobs[0]?.steps ?? []).map(({ run }) =>
    ['one', 'two', 'three', 'four', 'six'].flatMap((word) => {
      const at = run?.text.indexOf(word) ?? -1;
      const offset = run?.offsetOf(at) ?? 0;
      return at === -1 ? [] : [source.slice(offset, offset + word.length)];
    }),
  );
  expect(found).toEqual([['one', 'two'], ['three', 'four'], ['six']]);
});

test('an alias is the value of its anchor; steps in parallel are steps', () => {
  const text = `jobs:
  a:
    steps: &steps
      - &checkout { uses: actions/checkout@v7 }
      - parallel:
          - run: one
          - *checkout
  b: { steps: *steps }
`;
  const once = ['actions/checkout@v7', 'one', 'actions/checkout@v7'];
  expect(steps(text).map(([step]) => step)).toEqual([...once, ...once]);
});

test('a composite action has one job without a name', () => {
  const action = 'runs:\n  using: composite\n  steps:\n    - run: build\n      shell: bash\n';
  const { jobs, kind } = readWorkflow('.github/actions/x/action.yml', action);
  expect([kind, jobs.map(({ id, steps: all }) => [id, all[0]?.shell])]).toEqual([
    'action',
    [['', 'bash']],
  ]);
});

test('shell and folder come from the step, the job or the workflow', () => {
  const text = `defaults: { run: { shell: sh, working-directory: w } }
jobs:
  a:
    defaults: { run: { shell: pwsh } }
    steps:
      - run: x
      - { run: x, shell: python, working-directory: s }
`;
  const read = readWorkflow(PATH, text).jobs[0]?.steps ?? [];
  expect(read.map(({ shell, workingDirectory }) => [shell, workingDirectory])).toEqual([
    ['pwsh', 'w'],
    ['python', 's'],
  ]);
});

test('says what is no YAML, without a line break, and reads the rest', () => {
  const { problems, jobs } = readWorkflow(
    PATH,
    'on: push\njobs:\n  a: { steps: [{ run: x }] }\n  b: "\\q"\n',
  );
  expect(problems).toEqual([
    { message: expect.stringMatching(/^Invalid escape sequence \S+$/), start: expect.any(Number) },
  ]);
  expect(jobs.map(({ id }) => id)).toEqual(['a']);
});
