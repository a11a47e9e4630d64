import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseSha, shortSha } from '@ameide/versioning-core';
import { describe, expect, onTestFinished, test } from 'vitest';
import { renderOutputs } from '../../src/cli/github-output.ts';
import { runCli } from '../support/cli.ts';
import { createGitWorld } from '../support/git-world.ts';

/**
 * Reads a GITHUB_OUTPUT file as the runner does (actions/runner, FileCommandManager: `name=value`
 * or `name<<delimiter`).
 */
function parseOutputs(text: string): Record<string, string> {
  const lines = text.split('\n');
  const outputs: Record<string, string> = {};
  for (let line = lines.shift(); line !== undefined; line = lines.shift()) {
    if (line === '') continue;
    const equals = line.indexOf('=');
    const heredoc = line.indexOf('<<');
    if (equals >= 0 && (heredoc < 0 || equals < heredoc)) {
      outputs[line.slice(0, equals)] = line.slice(equals + 1);
      continue;
    }
    if (heredoc < 0) throw new Error(`Invalid format '${line}'`);
    const [name, delimiter] = [line.slice(0, heredoc), line.slice(heredoc + 2)];
    const end = lines.indexOf(delimiter);
    if (end < 0) throw new Error(`Matching delimiter not found '${delimiter}'`);
    outputs[name] = lines
      .splice(0, end + 1)
      .slice(0, -1)
      .join('\n');
  }
  return outputs;
}

function outputFile(before = ''): string {
  const folder = mkdtempSync(join(tmpdir(), 'ameide-output-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'output'), before);
  return join(folder, 'output');
}

describe('--github-output', () => {
  test('appends the north star’s names, each with its value', async () => {
    const git = createGitWorld();
    const file = outputFile('EARLIER=kept\n');
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
    const file = outputFile();
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
