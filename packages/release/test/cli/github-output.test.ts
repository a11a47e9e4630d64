import { readFileSync } from 'node:fs';
import { parseSha, shortSha } from '@ameide/versioning-core';
import { describe, expect, test } from 'vitest';
import { renderOutputs } from '../../src/cli/github-output.ts';
import { runCli } from '../support/cli.ts';
import { createGitWorld } from '../support/git-world.ts';
import { parseOutputs, stepFile } from '../support/github-step.ts';

describe('--github-output', () => {
  test('appends the north star’s names, each with its value', async () => {
    const git = createGitWorld();
    const file = stepFile('EARLIER=kept\n');
    const { code } = await runCli(
      ['-C', git.directory, 'version', '--base', '0.1.0', '--github-output'],
      { GITHUB_OUTPUT: file },
    );
    expect(code).toBe(0);
    const sha = git.git('rev-parse', 'HEAD');
    expect(parseOutputs(readFileSync(file, 'utf8'))).toEqual({
      EARLIER: 'kept',
      IS_RELEASE: 'false',
      CHANNEL: 'dev',
      BASE_VERSION: '0.1.0',
      GIT_SHA: sha,
      SHORT_SHA: shortSha(parseSha(sha)),
      DATE: '20251113',
      DATETIME: '20251113153211',
      NPM_VERSION: `0.1.0-dev.20251113153211+g${shortSha(parseSha(sha))}`,
      NPM_PUBLISHED_VERSION: '0.1.0-dev.20251113153211',
      NPM_DIST_TAG: 'dev',
      PYPI_VERSION: `0.1.0.dev20251113153211+git.${shortSha(parseSha(sha))}`,
      PYPI_PUBLIC_VERSION: '0.1.0.dev20251113153211',
      GO_VERSION: `v0.0.0-20251113153211-${sha.slice(0, 12)}`,
      GO_RELEASE_TAG: '',
    });
  });

  test('a release is one, with its tag', async () => {
    const git = createGitWorld();
    git.git('tag', 'v0.1.0');
    const file = stepFile();
    await runCli(['-C', git.directory, 'version', '--base', '0.1.0', '--github-output'], {
      GITHUB_OUTPUT: file,
    });
    expect(parseOutputs(readFileSync(file, 'utf8'))).toMatchObject({
      IS_RELEASE: 'true',
      NPM_VERSION: '0.1.0',
      GO_RELEASE_TAG: 'v0.1.0',
    });
  });

  test.each([
    ['is not set', {}],
    ['is empty', { GITHUB_OUTPUT: '' }],
    ['cannot be written', { GITHUB_OUTPUT: '/nonexistent/output' }],
  ])('exit 2 when GITHUB_OUTPUT %s', async (_, env) => {
    const git = createGitWorld();
    const { code, stdout } = await runCli(
      ['-C', git.directory, 'version', '--base', '0.1.0', '--github-output', '--json'],
      env,
    );
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({
      problems: [{ code: 'no-github-output', field: 'GITHUB_OUTPUT' }],
    });
  });
});

describe('no value can become an output of its own', () => {
  test.each([
    'plain',
    '',
    'a=b',
    'two\nlines',
    'x\nIS_RELEASE=true',
    'x\nIS_RELEASE<<EOF\ntrue\nEOF',
    'trailing\n',
    '<<',
    '\u202e%0A',
  ])('%j comes back as it is', (value) => {
    expect(parseOutputs(renderOutputs({ FIRST: value, LAST: 'last' }))).toEqual({
      FIRST: value,
      LAST: 'last',
    });
  });

  test('the delimiter differs each time, and a value that holds it is refused', () => {
    expect(renderOutputs({ A: 'x' })).not.toBe(renderOutputs({ A: 'x' }));
    expect(() => renderOutputs({ A: 'x\nEOF\nIS_RELEASE=true' }, 'EOF')).toThrow('delimiter');
  });
});
