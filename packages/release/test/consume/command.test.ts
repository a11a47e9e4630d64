import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { consumeText } from '../../src/cli/consume-text.ts';
import { consumeReport } from '../../src/consume/consume-report.ts';
import type { FoundRelease } from '../../src/consume/find-release.ts';
import { runCli } from '../support/cli.ts';
import { createGitWorld } from '../support/git-world.ts';

const SHA = '71e210beab37b68546d56dceccba18f09264ecc3' as FoundRelease['sha'];
const RELEASE = {
  sha: SHA,
  kind: 'release',
  version: '0.2.0',
  artifacts: [],
  problems: [],
  notes: [],
} as const;

function definitionIn(git: ReturnType<typeof createGitWorld>): void {
  git.write(
    'release.config.json',
    '{ "versionFile": "packages/sdk/package.json", "publishers": [{ "npm": { "directory": "packages/sdk" } }] }\n',
  );
  git.commit('The definition');
}

test.each([
  [['--write', '--pull-request'], 'pull-request', /either --write or --pull-request/],
  [['--branch', 'x'], 'branch', /--pull-request beside --branch/],
  [['--version', '0.2'], 'version', /X\.Y\.Z/],
  [['--version', '0.2.0'], 'version', /no tag v0\.2\.0/],
  [['--sha', 'nowhere'], 'sha', /a commit of this clone/],
  [[], 'version', /no tag vX\.Y\.Z/],
  [['/'], 'path', /a file or folder in the repository/],
  [['--pull-request'], 'pull-request', /origin/],
] as const)('refuses %j', async (argv, field, expected) => {
  const git = createGitWorld();
  definitionIn(git);
  const args = ['-C', git.directory, 'consume', '--json', ...argv];
  const { code, stdout } = await runCli(args, {});
  const report = JSON.parse(stdout) as { readonly problems: readonly Record<string, string>[] };
  expect(code).toBe(2);
  expect(report.problems[0]).toMatchObject({ field });
  expect(report.problems[0]?.['message']).toMatch(expected);
});

test.each([
  ['nope', /a file or folder that this repository has/],
  ['packages/sdk', /a file or folder of consumers/],
])('refuses the path %s, where nothing could change', async (path, expected) => {
  const git = createGitWorld();
  git.write('packages/sdk/package.json', '{ "name": "@acme/sdk", "version": "0.1.0" }\n');
  definitionIn(git);
  const argv = ['-C', git.directory, 'consume', '--json', join(git.directory, path)];
  const { code, stdout } = await runCli(argv, {});
  expect(code).toBe(2);
  expect(JSON.parse(stdout).problems).toMatchObject([
    { field: 'path', message: expect.stringMatching(expected) },
  ]);
});

test('says what changes, what stays and why', () => {
  const place = {
    path: 'services/web/package.json',
    line: 4,
    ecosystem: 'npm',
    name: '@acme/sdk',
    field: 'dependencies',
  } as const;
  const report = consumeReport({
    release: RELEASE,
    files: [
      {
        path: place.path,
        before: '0.1.0\n',
        text: '0.2.0\n',
        edits: [{ start: 0, end: 5, text: '0.2.0' }],
        changes: [{ ...place, from: '0.1.0', to: '0.2.0' }],
      },
      { path: 'go.sum', text: 'x\n', edits: [{ start: 0, end: 0, text: 'x\n' }], changes: [] },
    ],
    kept: [{ ...place, line: 9, requirement: '>=0.1.0', reason: '>=0.1.0 admits 0.2.0' }],
    problems: [],
    notes: ['a note'],
  });
  expect(report).toMatchObject({
    schema: 'ameide-release/consume/1',
    status: 'converged',
    exitCode: 0,
  });
  expect(report.diff).toContain(
    'new file mode 100644\n--- /dev/null\n+++ b/go.sum\n@@ -0,0 +1 @@\n+x\n',
  );
  expect(stripVTControlCharacters(consumeText(report))).toMatchInlineSnapshot(`
    "Release 0.2.0 of commit 71e210beab37b68546d56dceccba18f09264ecc3.

    FILE                         ARTIFACT   FROM   TO
    services/web/package.json:4  @acme/sdk  0.1.0  0.2.0

    go.sum  renewed by its tool

    LEFT ALONE                   ARTIFACT   ASKS FOR  REASON
    services/web/package.json:9  @acme/sdk  >=0.1.0   >=0.1.0 admits 0.2.0

    note: a note
    2 files would change: run it again with --write to write them."
  `);
});
