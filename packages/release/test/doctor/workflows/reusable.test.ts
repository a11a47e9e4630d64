import { expect, test } from 'vitest';
import { ask, CHECKOUT, type Files, workflow } from './ask.ts';

const path = (name: string): string => `.github/workflows/${name}.yml`;
const PUBLISH = `- uses: ${CHECKOUT}\n  with:\n    fetch-depth: 0\n    persist-credentials: false\n- run: ameide-release publish`;
const called = (top = ''): string => workflow(PUBLISH, { on: 'workflow_call', top });
const caller = (to: string, { on = 'push', top = '' } = {}): string =>
  `on: ${on}\npermissions: { contents: read }\n${top}\njobs:\n  images:\n    uses: ./.github/workflows/${to}.yml\n`;

async function found(files: Files): Promise<readonly string[]> {
  return (await ask(files)).map(({ message, path: at }) => `${at}: ${message}`);
}

const BOTH = 'Two runs of this workflow can publish at once (images).';

test('whoever calls a workflow that publishes has a group, or what it calls has', async () => {
  const files = (top: string, below: string): Files => ({
    [path('build')]: called(below),
    [path('nightly')]: caller('build', { top }),
  });
  expect(await found(files('', ''))).toEqual([`${path('nightly')}: ${BOTH}`]);
  expect(await found(files('concurrency: publish', ''))).toEqual([]);
  expect(await found(files('', 'concurrency: publish'))).toEqual([]);
});

test('each caller is judged, also one that calls a caller', async () => {
  const files = {
    [path('build')]: called(),
    [path('middle')]: caller('build', { on: 'workflow_call' }),
    [path('nightly')]: caller('middle'),
    [path('release')]: caller('build', { on: '{ release: { types: [published] } }' }),
  };
  expect(await found(files)).toEqual([
    `${path('nightly')}: ${BOTH}`,
    `${path('release')}: ${BOTH}`,
  ]);
  expect(
    await found({
      ...files,
      [path('middle')]: caller('build', { on: 'workflow_call', top: 'concurrency: publish' }),
    }),
  ).toEqual([`${path('release')}: ${BOTH}`]);
});

test('a caller that a newer run cancels, and one for pull requests of strangers', async () => {
  const group = 'concurrency: { group: publish, cancel-in-progress: true }';
  const message = 'publishes, and a newer run cancels it in the middle.';
  expect(
    await found({ [path('build')]: called(), [path('ci')]: caller('build', { top: group }) }),
  ).toEqual([`${path('ci')}: The job images ${message}`]);
  expect(await found({ [path('build')]: called(group) })).toEqual([
    `${path('build')}: The job work ${message}`,
  ]);
  const strangers = caller('build', { on: 'pull_request_target', top: 'concurrency: publish' });
  expect(await found({ [path('build')]: called(), [path('ci')]: strangers })).toEqual([
    `${path('ci')}: The job images publishes, and \`pull_request_target\` starts it for anybody’s pull request.`,
  ]);
});

test('workflows that call each other end', async () => {
  const files = {
    [path('a')]: caller('b', { on: 'workflow_call' }),
    [path('b')]: caller('a', { on: 'workflow_call' }),
    [path('c')]: caller('a'),
  };
  expect(await found(files)).toEqual([]);
});
