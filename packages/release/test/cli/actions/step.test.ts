import { appendFileSync, readFileSync, statSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { annotations } from '../../../src/cli/actions/annotations.ts';
import { reportRelease } from '../../../src/cli/actions/step-report.ts';
import { safeOutput } from '../../../src/cli/safe-output.ts';
import { createFakeWorld, fake } from '../../fake-publisher.ts';
import { runCli } from '../../support/cli.ts';
import { createGitWorld } from '../../support/git-world.ts';
import { githubStep, parseCommands, stepFile } from '../../support/github-step.ts';
import { problem, publish } from '../../support/run.ts';
import {
  startThreeRegistries,
  THREE_CONFIG,
  type ThreeRegistries,
} from '../../support/three-registries.ts';

let registries: ThreeRegistries;
beforeAll(async () => {
  registries = await startThreeRegistries();
});
afterAll(async () => registries[Symbol.asyncDispose]());

function monorepo() {
  const git = createGitWorld({ origin: 'https://github.com/example/repo' });
  git.write('packages/sdk/index.js', 'export {};\n');
  git.write('go/go.mod', 'module github.com/example/go\n\ngo 1.22\n');
  git.write('go/sdk.go', 'package sdk\n');
  git.write('release.config.mjs', THREE_CONFIG);
  git.commit('everything');
  return git;
}

/** Every line that the runner obeys is one of ours, and each group is closed. */
function expectOurs(text: string): void {
  const names = parseCommands(text).map(({ name }) => name);
  expect(
    names.filter((name) => !['group', 'endgroup', 'error', 'warning', 'notice'].includes(name)),
  ).toEqual([]);
  const groups = names.filter((name) => name.endsWith('group'));
  expect(groups).toEqual(groups.map((_, at) => (at % 2 === 0 ? 'group' : 'endgroup')));
  expect(groups.length % 2).toBe(0);
}

describe('a step of GitHub Actions', () => {
  test('plan, publish and version: a summary, outputs and groups, and one JSON object on standard output', async () => {
    const git = monorepo();
    const planned = githubStep();
    const plan = await runCli(['-C', git.directory, 'plan', '--json'], planned.env);
    expect([plan.code, JSON.parse(plan.stdout).command]).toEqual([0, 'plan']);
    expectOurs(plan.stderr);
    expect(planned.summary()).toContain('✅ plan: ');
    expect(planned.outputs()).toMatchObject({
      status: 'converged',
      available: '[]',
      published: '[]',
    });

    const step = githubStep();
    const { code, stderr, stdout } = await runCli(
      ['-C', git.directory, 'publish', '--json'],
      step.env,
    );
    const report = JSON.parse(stdout);
    expect(code).toBe(0);
    expectOurs(stderr);
    const groups = parseCommands(stderr).filter(({ name }) => name === 'group');
    expect(groups.map(({ data }) => data)).toEqual(
      expect.arrayContaining(['check', 'build', 'publish', 'verify', 'promote']),
    );
    const coordinates: string[] = report.artifacts.map(
      (one: { coordinate: string }) => one.coordinate,
    );
    const outputs = step.outputs();
    expect(outputs).toMatchObject({
      status: 'converged',
      'exit-code': '0',
      channel: 'dev',
      sha: report.release.sha,
    });
    expect(JSON.parse(outputs['published'] ?? '')).toEqual(coordinates);
    const digests = JSON.parse(outputs['digests'] ?? '');
    for (const { coordinate, digest } of report.artifacts) expect(digests[coordinate]).toBe(digest);
    const summary = step.summary();
    for (const { publisher, resolved = 'dev', sha } of report.artifacts)
      for (const text of [publisher, resolved, sha])
        expect(summary).toContain(`<code>${text}</code>`);
    expect(summary).toMatch(/docker pull [^<]+@sha256:[0-9a-f]{64}/);
    expect(summary).toMatch(/npm install @example\/sdk@[^ ]+ --@example:registry=http:/);
    expect(summary).toMatch(/go get github.com\/example\/go@v0\.0\.0-/);

    const again = githubStep();
    await runCli(['-C', git.directory, 'publish'], again.env);
    expect(again.outputs()).toMatchObject({ published: '[]', available: outputs['available'] });

    const version = githubStep();
    expect((await runCli(['-C', git.directory, 'version'], version.env)).code).toBe(0);
    expect(version.summary()).toContain(report.release.npm.version);
    expect(version.outputs()).toEqual({});
  });

  test('files that cannot be read or written cause only a warning', async () => {
    const git = monorepo();
    const where = { GITHUB_STEP_SUMMARY: '/nowhere/summary', GITHUB_OUTPUT: '/nowhere/output' };
    const env = { ...githubStep().env, ...where };
    const { code, stderr } = await runCli(['-C', git.directory, 'publish'], env);
    expect(code).toBe(0);
    const warnings = parseCommands(stderr).filter(({ name }) => name === 'warning');
    expect(warnings.map(({ data }) => data.split(' ').slice(3, 4))).toEqual([
      ['GITHUB_STEP_SUMMARY'],
      ['GITHUB_OUTPUT'],
    ]);
  });

  test('so does a report that cannot be shown', async () => {
    const report = await publish([fake(createFakeWorld(), 'a')]);
    const artifacts = report.artifacts.map((one) => ({ ...one, coordinate: 'a third party’s' }));
    let shown = '';
    const env = safeOutput({
      env: githubStep().env,
      signal: new AbortController().signal,
      stdout: () => undefined,
      stderr: (text) => void (shown += text),
    });
    await reportRelease(env, { ...report, artifacts }, '/');
    expect(parseCommands(shown)).toMatchObject([
      { name: 'warning', data: expect.stringContaining('coordinate: expected npm:') },
    ]);
  });

  test('a summary that is full already stays as it is', async () => {
    const git = monorepo();
    const step = githubStep();
    const file = step.env['GITHUB_STEP_SUMMARY'] ?? '';
    appendFileSync(file, 'x'.repeat(1024 * 1024));
    expect((await runCli(['-C', git.directory, 'plan'], step.env)).code).toBe(0);
    expect(statSync(file).size).toBe(1024 * 1024);
  });

  test.each([
    ['a definition that does not load', 'throw new Error("broken");', 'config-failed'],
    ['a pull request', THREE_CONFIG, 'pull-request'],
  ])(
    '%s: annotation, summary and outputs are written on failure, too',
    async (_, config, failed) => {
      const git = monorepo();
      git.write('release.config.mjs', config);
      git.commit();
      const step = githubStep();
      const env =
        failed === 'pull-request' ? { ...step.env, GITHUB_EVENT_NAME: 'pull_request' } : step.env;
      const { code, stderr } = await runCli(['-C', git.directory, 'publish'], env);
      expect(code).toBe(2);
      expect(parseCommands(stderr)).toMatchObject([
        { name: 'error', properties: { title: failed } },
      ]);
      expect(step.summary()).toContain(`❌ publish: ${failed}`);
      expect(step.outputs()).toMatchObject({
        status: 'invalid-input',
        'exit-code': '2',
        published: '[]',
      });
    },
  );

  test.each([
    [['deprecate', 'npm:@example/sdk@0.1.0-dev.20251113153211'], 'deprecation-message-missing'],
  ])('%j has annotations, and no summary', async (argv, code) => {
    const git = monorepo();
    const step = githubStep();
    await runCli(['-C', git.directory, 'publish'], githubStep().env);
    const { stderr } = await runCli(['-C', git.directory, ...argv], step.env);
    expect(parseCommands(stderr)).toMatchObject([
      { name: 'error', properties: { title: expect.stringContaining(code) } },
    ]);
    expect([step.summary(), step.outputs()]).toEqual(['', {}]);
  });

  test('a wrong command line has an annotation, too', async () => {
    const { code, stderr } = await runCli(['publish', '--bogus'], githubStep().env);
    expect(code).toBe(2);
    expect(parseCommands(stderr)).toMatchObject([
      { name: 'error', properties: { title: 'usage' } },
    ]);
  });

  test('no token gets into the files or the annotations', async () => {
    const token = 'npm_planted0123456789<&>';
    const git = monorepo();
    git.write('release.config.mjs', `throw new Error('the registry said ${token}');`);
    git.commit();
    const step = githubStep();
    const { stderr } = await runCli(['-C', git.directory, 'plan'], {
      ...step.env,
      NPM_TOKEN: token,
    });
    const { env } = step;
    const files = [env['GITHUB_OUTPUT'], env['GITHUB_STEP_SUMMARY']].map((file = '') =>
      readFileSync(file, 'utf8'),
    );
    for (const text of [stderr, ...files]) expect(text).not.toContain('planted');
    expect(step.summary()).toContain('[secret]');
  });

  test('elsewhere nothing of it is written', async () => {
    const git = monorepo();
    const [summary, output] = [stepFile(), stepFile()];
    const env = { GITHUB_STEP_SUMMARY: summary, GITHUB_OUTPUT: output };
    const { stderr } = await runCli(['-C', git.directory, 'plan'], env);
    expect(parseCommands(stderr)).toEqual([]);
    expect([statSync(summary).size, statSync(output).size]).toEqual([0, 0]);
  });
});

describe('annotations', () => {
  const places = { workspace: '/w', root: '/w/clone' };
  const told = { isSuccess: false, notes: [] };

  test('a problem is an error in its file, with its hint; a plan that succeeds has warnings; a note is a notice', () => {
    const one = {
      ...problem('input', { path: 'sdk/package.json', line: 3, column: 7, hint: 'do' }),
      publisher: 'npm:a',
    };
    expect(annotations({ ...told, problems: [one] }, places)).toEqual([
      {
        name: 'error',
        properties: {
          title: 'test-input (npm:a)',
          file: 'clone/sdk/package.json',
          line: '3',
          col: '7',
        },
        message: 'a problem of the kind input\ndo',
      },
    ]);
    expect(annotations({ isSuccess: true, problems: [one], notes: ['n'] }, places)).toMatchObject([
      { name: 'warning' },
      { name: 'notice', message: 'n' },
    ]);
  });

  test.each([
    ['outside of the workspace', { workspace: '/other', root: '/w' }],
    ['without a workspace', { workspace: undefined, root: '/w' }],
  ])('%s it has no file', (_, where) => {
    const [one] = annotations({ ...told, problems: [problem('input', { path: 'a' })] }, where);
    expect(one?.properties).toEqual({ title: 'test-input' });
  });

  test('GitHub shows ten of a kind, so the tenth counts the rest', () => {
    const problems = Array.from({ length: 25 }, () => problem('input'));
    const all = annotations({ ...told, problems }, places);
    expect(all).toHaveLength(10);
    expect(all.at(-1)?.message).toContain('16 more');
  });
});
