import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { runGit } from '@ameide/publisher-kit/testing';
import { expect, onTestFinished, test } from 'vitest';
import { runCli } from '../support/cli.ts';
import { copyExample } from './example-copy.ts';

const PYPROJECT = 'packages/ameide_sdk_python/pyproject.toml';
const STATED = { edits: { [PYPROJECT]: [['version = "0.0.0"', 'version = "0.1.0"']] } } as const;

test('prints the rule with its reason, the place, the change and the exit code', async () => {
  const example = copyExample();
  example.change(STATED);
  const { code, stderr, stdout } = await example.doctor();
  expect([code, stderr]).toEqual([2, '']);
  expect(stripVTControlCharacters(stdout)).toBe(
    [
      'A Python project that is published states the placeholder version 0.0.0. Each release derives the version from the commit and writes it while it builds. Another version in the source is a second truth that nobody keeps up to date, and that local builds and lockfiles take for the real one.',
      `${PYPROJECT}:8:12  python-placeholder`,
      '  The source states the version 0.1.0.',
      '  Write the placeholder 0.0.0.',
      '',
      '1 finding. Exit 2 (invalid-input). --fix changes 1 of them.',
      '',
    ].join('\n'),
  );
});

test('prints a change that several places share once, before them', async () => {
  const example = copyExample();
  const steps = ['a', 'b'].map(
    (name) => `      - name: ${name}\n        uses: actions/setup-node@v6\n`,
  );
  example.change({
    adds: {
      '.github/workflows/x.yml': `on: push\npermissions: {}\njobs:\n  x:\n    runs-on: ubuntu-24.04\n    steps:\n${steps.join('')}      - uses: actions/cache@v5\n`,
    },
  });
  const { stdout } = await example.doctor();
  const [, ...lines] = stripVTControlCharacters(stdout).split('\n');
  expect(lines.map((line) => line.replace(/`.*$/, '…'))).toEqual([
    '  Write the commit: …',
    '.github/workflows/x.yml:8:15  action-unpinned',
    '  actions/setup-node@v6 is a tag or a branch, which can be moved.',
    '.github/workflows/x.yml:10:15  action-unpinned',
    '  actions/setup-node@v6 is a tag or a branch, which can be moved.',
    '',
    '.github/workflows/x.yml:11:15  action-unpinned',
    '  actions/cache@v5 is a tag or a branch, which can be moved.',
    '  Write the commit: …',
    '',
    '3 findings. Exit 2 (invalid-input).',
    '',
  ]);
  const { problems } = await example.report();
  expect(problems.every(({ hint }) => hint?.startsWith('Write the commit: ') === true)).toBe(true);
});

test('prints one JSON object, with the whole finding', async () => {
  const example = copyExample();
  example.change(STATED);
  expect(await example.report()).toEqual({
    schema: 'ameide-release/doctor/1',
    status: 'invalid-input',
    exitCode: 2,
    definition: 'release.config.json',
    problems: [
      {
        code: 'python-placeholder',
        kind: 'policy',
        message: 'The source states the version 0.1.0.',
        hint: 'Write the placeholder 0.0.0.',
        path: PYPROJECT,
        line: 8,
        column: 12,
        effect: 'none',
        rerun: 'after-fix',
        isFixable: true,
      },
    ],
    fixed: [],
    diff: '',
    written: false,
    notes: [],
  });
});

test('prints SARIF with a place for each finding, and the page of the rules', async () => {
  const example = copyExample();
  example.change(STATED);
  const { code, stdout } = await example.doctor('--sarif');
  const { runs } = JSON.parse(stdout);
  expect(code).toBe(2);
  expect(runs[0].tool.driver.rules).toMatchObject([
    { id: 'python-placeholder', helpUri: expect.stringMatching(/docs\/doctor\.md$/) },
  ]);
  expect(runs[0].results).toMatchObject([
    {
      ruleId: 'python-placeholder',
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: PYPROJECT },
            region: { startLine: 8, startColumn: 12 },
          },
        },
      ],
    },
  ]);
});

test('shows the diff of --fix, and what it fixed', async () => {
  const example = copyExample();
  example.change(STATED);
  const { code, stdout } = await example.doctor('--fix');
  expect(code).toBe(0);
  expect(stripVTControlCharacters(stdout)).toContain(
    '-version = "0.1.0"\n+version = "0.0.0"\n description',
  );
  expect(stripVTControlCharacters(stdout)).toContain('1 finding fixed.');
});

test('the diff of a file with a byte order mark applies, and the file keeps the mark', async () => {
  const example = copyExample();
  example.change(STATED);
  const file = join(example.directory, PYPROJECT);
  // The finding is in reach of the first line.
  const text = `\uFEFF${example.read(PYPROJECT).replace(/^(?:#.*)?\n/gm, '')}`;
  writeFileSync(file, text);
  const { diff, written } = await example.report('--fix');
  expect([written, example.read(PYPROJECT)]).toEqual([true, text.replace('0.1.0', '0.0.0')]);
  writeFileSync(file, text);
  writeFileSync(join(example.directory, '.git/fix.diff'), diff);
  runGit(example.directory, ['apply', '.git/fix.diff']);
  expect(example.read(PYPROJECT)).toBe(text.replace('0.1.0', '0.0.0'));
});

test('what is in a folder that became a link is not read, and not written', async () => {
  const example = copyExample();
  example.change(STATED);
  const outside = mkdtempSync(join(tmpdir(), 'ameide-doctor-'));
  onTestFinished(() => rmSync(outside, { recursive: true, force: true }));
  const folder = join(example.directory, 'packages/ameide_sdk_python');
  cpSync(folder, outside, { recursive: true });
  rmSync(folder, { recursive: true });
  symlinkSync(outside, folder);
  const report = await example.report('--fix');
  expect(report.problems.filter(({ code }) => code === 'python-placeholder')).toEqual([]);
  expect(report.diff).not.toContain('ameide_sdk_python/');
  expect(readFileSync(join(outside, 'pyproject.toml'), 'utf8')).toContain('version = "0.1.0"');
  expect(report.notes.join('\n')).toContain('packages/ameide_sdk_python is a link to a folder');
});

test('a folder that is a submodule is named: its files are not looked at', async () => {
  const example = copyExample();
  const commit = runGit(example.directory, ['rev-parse', 'HEAD']).trim();
  runGit(example.directory, [
    'update-index',
    '--add',
    '--cacheinfo',
    `160000,${commit},services/mail`,
  ]);
  expect((await example.report()).notes).toEqual([
    'services/mail is a submodule: its files belong to another repository, and were not looked at.',
  ]);
});

test('a manifest in a folder whose name is not UTF-8 is exit 3', async () => {
  const example = copyExample();
  const folder = Buffer.concat([
    Buffer.from(`${example.directory}/packages/`),
    Buffer.from([0xff]),
  ]);
  mkdirSync(folder);
  writeFileSync(Buffer.concat([folder, Buffer.from('/package.json')]), '{"name":"x"}');
  const report = await example.report();
  expect(report.exitCode).toBe(3);
  expect(report.problems).toMatchObject([
    {
      code: 'unreadable-file',
      path: 'packages/\uFFFD/package.json',
      message:
        'packages/\uFFFD/package.json could not be read: expected a file whose path is UTF-8.',
    },
  ]);
});

test('a workspace with merge markers is one problem, which names the file', async () => {
  const example = copyExample();
  const path = 'pnpm-workspace.yaml';
  example.change({ adds: { [path]: '<<<<<<< HEAD\na: 1\n=======\na: 2\n>>>>>>> other\n' } });
  const report = await example.report();
  const unread = report.problems.filter(({ code }) => code === 'unreadable-file');
  expect(unread).toMatchObject([{ path, hint: expect.stringContaining(`['${path}']`) }]);
});

test('a rule that is skipped is not run', async () => {
  const example = copyExample();
  example.change(STATED);
  const report = await example.report('--skip', 'python-placeholder', 'not-published');
  expect([report.problems, report.exitCode]).toEqual([[], 0]);
});

test('a name that is no rule is refused, with the one that was meant', async () => {
  const example = copyExample();
  const { code, stdout, stderr } = await example.doctor('--skip', 'python-placeholders');
  expect(code).toBe(2);
  expect(`${stdout}${stderr}`).toContain('Did you mean "python-placeholder"?');
});

function allowing(allow: object): Parameters<ReturnType<typeof copyExample>['change']>[0] {
  return {
    edits: {
      'release.config.json': [
        ['"versionFile":', `"doctor": { "allow": ${JSON.stringify(allow)} },\n  "versionFile":`],
      ],
    },
  };
}

test('what the definition allows is no finding, there alone', async () => {
  const example = copyExample();
  example.change(STATED);
  example.change(allowing({ 'python-placeholder': ['packages/*_python'] }));
  const report = await example.report();
  expect([report.problems, report.notes, report.exitCode]).toEqual([[], [], 0]);
});

test('what is allowed and not needed is a note', async () => {
  const example = copyExample();
  example.change(allowing({ 'python-placeholder': ['packages/other'] }));
  const report = await example.report();
  expect(report.exitCode).toBe(0);
  expect(report.notes).toEqual([
    'doctor.allow of the definition has packages/other for python-placeholder, which finds nothing there: remove the entry.',
  ]);
});

test('an unknown rule in the definition is refused', async () => {
  const example = copyExample();
  example.change(allowing({ 'no-such-rule-anywhere': ['packages'] }));
  const { code, stdout } = await example.doctor('--json');
  expect(code).toBe(2);
  expect(JSON.parse(stdout).problems[0]).toMatchObject({ field: 'doctor.allow' });
});

test('a file that cannot be read is exit 3, and can be allowed', async () => {
  const example = copyExample();
  example.change({ adds: { 'services/jobs/pyproject.toml': '[project\n' } });
  const report = await example.report();
  expect(report.exitCode).toBe(3);
  expect(report.problems).toMatchObject([
    { code: 'unreadable-file', path: 'services/jobs/pyproject.toml', kind: 'incomplete' },
  ]);
  example.change(allowing({ 'unreadable-file': ['services/jobs'] }));
  expect((await example.report()).exitCode).toBe(0);
});

test('text that is not UTF-8 is exit 3', async () => {
  const example = copyExample();
  writeFileSync(
    join(example.directory, 'services/www_ameide/Dockerfile'),
    Buffer.from([0xff, 0xfe, 0x46]),
  );
  const report = await example.report();
  expect(report.exitCode).toBe(3);
  expect(report.problems).toMatchObject([{ code: 'unreadable-file' }]);
});

function emptyRepository(files: Readonly<Record<string, string>>): string {
  const directory = mkdtempSync(join(tmpdir(), 'ameide-doctor-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  runGit(directory, ['init', '--quiet']);
  for (const [path, text] of Object.entries(files)) writeFileSync(join(directory, path), text);
  return directory;
}

test('without a definition it says so, and asks the rules that need none', async () => {
  const directory = emptyRepository({
    'package.json': '{ "name": "a", "dependencies": { "b": "1.0.0" } }\n',
  });
  const { stdout } = await runCli(['-C', directory, 'doctor', '--json']);
  const report = JSON.parse(stdout);
  expect(report.problems).toMatchObject([{ code: 'lockfile-present', path: 'package.json' }]);
  expect(report.notes[0]).toMatch(
    /^The release definition is missing.*ameide-release init writes one\.$/,
  );
  expect(report.definition).toBeUndefined();
});

test('an empty repository, and one before its first commit, are no problem', async () => {
  const { code, stdout } = await runCli(['-C', emptyRepository({}), 'doctor']);
  expect(code).toBe(0);
  expect(stdout).toContain('as far as that can be seen without a release definition');
});

test('a definition that --config names and that is not there is refused', async () => {
  const { code, stdout, stderr } = await runCli([
    '-C',
    emptyRepository({}),
    'doctor',
    '--config',
    'no.json',
  ]);
  expect(code).toBe(2);
  expect(`${stdout}${stderr}`).toContain('no-config');
});

test('a token is never printed', async () => {
  const example = copyExample();
  const token = 'npm_0123456789abcdefghijABCDEF';
  example.change({ adds: { '.npmrc': `//registry.npmjs.org/:_authToken=${token}\n` } });
  for (const argv of [[], ['--json'], ['--sarif'], ['--fix']]) {
    const { stderr, stdout } = await example.doctor(...argv);
    expect(stdout).toContain('token-in-file');
    expect(`${stdout}${stderr}`).not.toContain(token);
  }
});

test('what a package is built with may be any version of the workspace', async () => {
  const example = copyExample();
  const path = 'services/www_ameide/package.json';
  const move = (range: string): string =>
    example
      .read(path)
      .replace(/ {2}"dependencies": \{[^}]*\},\n/, '')
      .replace(
        '"devDependencies": {',
        `"devDependencies": {\n    "@ameideio/ameide-sdk-ts": "${range}",`,
      );
  const pins = async (range: string): Promise<number> => {
    writeFileSync(join(example.directory, path), move(range));
    const { problems } = await example.report('--skip', 'lockfile-in-step');
    runGit(example.directory, ['checkout', '--quiet', path]);
    return problems.filter(({ code }) => code === 'consumer-pins').length;
  };
  expect([await pins('workspace:^'), await pins('latest')]).toEqual([0, 1]);
});
