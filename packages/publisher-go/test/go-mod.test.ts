import { join } from 'node:path';
import { needs } from '@ameide/local-registries/components';
import { InvalidInputError } from '@ameide/versioning-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openGo } from './go-command.ts';
import { BRANCH, type Lab, type LabOptions, MODULE, openLab, tagRef } from './lab.ts';

const FILE = 'packages/sdk/go.mod';
const REAL = 'require example.org/none v1.0.0 // indirect\n';

/** What follows the module line, and the line that we refuse. */
const lines: Readonly<Record<string, readonly [text: string, refused?: number]>> = {
  'a Go version': ['go 1.21\n'],
  'a Go version in quotes, and CRLF': ['go 1.21 // why\r\n'],
  'no Go version': ['// nothing\n'],
  'two go lines': ['go 1.21\ngo 1.21\n', 4],
  'a Go version that is none': ['go latest\n', 3],
  'an unknown directive': ['go 1.21\nfuture x\n'],
  'a required version': [`go 1.21\n${REAL}`],
  'a required version in short': ['go 1.21\nrequire example.org/none v1.0 // indirect\n'],
  'a required branch': ['go 1.21\nrequire example.org/none master\n', 4],
  'a required commit': ['go 1.21\nrequire example.org/none 0123456789ab\n', 4],
  'a required query': ['go 1.21\nrequire example.org/none latest\n', 4],
  'a version without its v': ['go 1.21\nrequire example.org/none 1.0.0\n', 4],
  'a v2 of a path without /v2': ['go 1.21\nrequire example.org/none v2.0.0\n', 4],
  'a v2 that is incompatible': [
    'go 1.21\nrequire example.org/none v2.0.0+incompatible // indirect\n',
  ],
  'a v1 of a path with /v2': ['go 1.21\nrequire example.org/none/v2 v1.0.0\n', 4],
  'a path with /v1': ['go 1.21\nrequire example.org/none/v1 v1.0.0\n', 4],
  'a gopkg.in path without a version': ['go 1.21\nrequire gopkg.in/none v1.0.0\n', 4],
  'a requirement without a version': ['go 1.21\nrequire example.org/none\n', 4],
  'one word too many': ['go 1.21\nrequire example.org/none v1.0.0 v1.0.1\n', 4],
  'a wrong line in a block': [
    'go 1.21\nrequire (\n\texample.org/a v1.0.0\n\texample.org/b main\n)\n',
    6,
  ],
  'a block without an end': ['go 1.21\nrequire (\n\texample.org/none v1.0.0\n', 4],
  'a string without an end': ['go "1.21\n', 3],
  'another sort of comment': ['/* no */\n', 3],
  'a conflict marker of git': ['<<<<<<< HEAD\ngo 1.21\n=======\ngo 1.22\n>>>>>>> x\n', 6],
  'a second module line': ['module example.org/other\n', 3],
  'a replace by a folder of a real version': [
    `go 1.21\n${REAL}replace example.org/none => ../none\n`,
  ],
  'a replace by a folder, of no requirement': ['go 1.21\nreplace example.org/none => ../none\n'],
};

needs('git', 'go')('a go.mod with', () => {
  test.each(Object.entries(lines))(
    '%s: validate refuses the line that go refuses in a dependency',
    async (_title, [text, refused]) => {
      await using lab = await openLab({ files: { [FILE]: `module ${MODULE}\n\n${text}` } });
      const sha = lab.commit();
      const problems = await lab.validate(sha);
      if (refused === undefined) expect(problems).toEqual([]);
      else {
        expect(problems[0]).toMatchObject({
          code: 'go-invalid-module',
          kind: 'input',
          path: FILE,
          message: expect.stringContaining(
            `go:${MODULE}: go refuses ${FILE}, line ${refused}:`,
          ) as string,
        });
      }
      const answer = await lab.compileAsIs(sha);
      expect([answer, answer === 'compiles']).toEqual([answer, refused === undefined]);
      // Where `go` names the line, it is the same one.
      const line = /go\.mod:(\d+)(?::\d+)?: (?!syntax)/.exec(answer)?.[1];
      if (line !== undefined)
        expect(problems.map(({ message }) => message).join()).toContain(`line ${line}:`);
      // The hint's command says the same, of the module itself.
      if (refused !== undefined)
        await expect(
          openGo(lab.scratch(), {}).run(
            ['mod', 'edit', '-json'],
            join(lab.directory, 'packages/sdk'),
          ),
        ).rejects.toThrow(/go\.mod:\d+/);
    },
  );

  test('wrong lines everywhere: validate names each at once', async () => {
    const text = `module ${MODULE}\nrequire a.b/c main\nrequire a.b/d v2.0.0\ngo x\n`;
    await using lab = await openLab({ files: { [FILE]: text } });
    const problems = await lab.validate(lab.commit());
    expect(problems.map(({ message }) => /line (\d+)/.exec(message)?.[1])).toEqual(['2', '3', '4']);
  });
});

/** What `go` ignores in a dependency, and refuses in the line after `go 1.21` in a clone. */
const own: Readonly<Record<string, string>> = {
  'an exclude without a version': 'exclude x',
  'an exclude of another major version': 'exclude a.b/c v2.0.0',
  'a replace without an arrow': 'replace x y z',
  'a replace without spaces': 'replace (a.b/c=>../c)',
  'a replace of a version by a folder that has one': 'replace a.b/c => ../c v1.0.0',
  'a replace by a folder without ./': 'replace a.b/c => c',
  'a replace by a branch': 'replace a.b/c => a.b/d main',
  'two targets of one replace': 'replace a.b/c => ./c // one\nreplace a.b/c => ./d',
  'a toolchain without its name': 'toolchain 1.21.0',
  'a godebug without a value': 'godebug panicnil',
  'a tool with a version': 'tool a.b/c v1.0.0',
  'a retract of a branch': 'retract main',
  'a retract of half an interval': 'retract [v0.1.0, v0.2.0',
  'a retract of two versions': 'retract v0.1.0 v0.2.0',
  'a retract of another major version': 'retract v2.0.0',
  'a retract of a version that is not in full': 'retract v0.1',
};

needs('git', 'go')('a go.mod with', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await openLab();
    lab.commit();
  });
  afterAll(() => lab[Symbol.asyncDispose]());

  test.each(Object.entries(own))(
    '%s: validate refuses the line that go refuses in a clone',
    async (_title, text) => {
      const sha = lab.commit({ [FILE]: `module ${MODULE}\n\ngo 1.21\n${text}\n` });
      const problems = await lab.validate(sha);
      const line = 3 + text.split('\n').length;
      expect(problems).toMatchObject([{ code: 'go-invalid-module', kind: 'input', path: FILE }]);
      expect(problems[0]?.message).toContain(`line ${line}, in a clone: `);
      expect(await lab.validate(sha, { allow: [FILE] })).toEqual([]);
      const go = openGo(lab.scratch(), {});
      const env = { GOFLAGS: '', GOPROXY: 'off' };
      const folder = join(lab.directory, 'packages/sdk');
      await expect(go.run(['build', './...'], folder, env)).rejects.toThrow(
        /errors parsing go\.mod|conflicting replacements/,
      );
    },
  );

  const fork = 'replace example.org/none => example.org/fork v1.0.0';
  test.each([
    ['a replace that the mirror keeps', fork, 'replace'],
    ['an exclude', 'exclude example.org/none v1.0.0', 'exclude'],
    ['a replace that the mirror omits', 'replace example.org/none => ../none', undefined],
  ])('%s: a note says whether go installs its command', async (_title, text, refused) => {
    await using own = await openLab();
    const sha = own.commit({
      [FILE]: `module ${MODULE}\n\ngo 1.21\n\n${text}\n`,
      'packages/sdk/cmd/x/main.go': '// Command x.\npackage main\n\nfunc main() {}\n',
    });
    own.tag('v0.1.0');
    const { events, problems } = await own.run(sha, tagRef('v0.1.0'));
    expect(problems).toEqual([]);
    const notes = events.filter(({ isNote }) => isNote).map(({ message }) => message);
    const name = `${MODULE}/cmd/x`;
    expect(notes.filter((note) => note.includes('go install'))).toEqual(
      refused === undefined
        ? []
        : [
            `go:${MODULE}: go install ${name}@VERSION fails, because go refuses it for a module with a replace or an exclude: ${FILE}, line 5.`,
          ],
    );
    const go = openGo(own.scratch(), { [MODULE]: `${own.host.url}/ameideio/ameide-sdk-go` });
    const install = go.run(['install', '-n', `${name}@v0.1.0`], undefined, {
      GOFLAGS: '-modcacherw',
    });
    const answer = await install.then(() => undefined, String);
    expect(/more\s+(\w+)\s+directives/.exec(answer ?? '')?.[1] ?? answer).toBe(refused);
  });

  test('validate accepts what go ignores everywhere, and what a newer go may know', async () => {
    const text =
      'retract [v0.2.0, v0.1.0]\nretract v0.1.0 // Broken.\n\nretract (\n\tv0.2.1\n\t[v0.3.0,v0.3.9] // x\n)\nfuture x\nfuture (\n\tx\n)\ntoolchain default\nignore ./x\n';
    const sha = lab.commit({ [FILE]: `module ${MODULE}\n\n${text}` });
    expect(await lab.validate(sha)).toEqual([]);
  });
});

const core = 'github.com/ameideio/core';
/** What the module requires, and what we say of it. */
const placeholders: Readonly<Record<string, readonly [text: string, refusal?: RegExp]>> = {
  'v0.0.0 of a module that a replace leads to a folder': [
    'require example.org/none v0.0.0\nreplace example.org/none => ../none\n',
    /the folder of the replace line/,
  ],
  'v0.0.0, replaced in a block': [
    'require (\n\texample.org/none v0.0.0\n)\nreplace (\n\texample.org/none v0.0.0 => ../none\n)\n',
    /the folder of the replace line/,
  ],
  'v0.0.0-dev of a module that a replace leads to a folder': [
    'require example.org/none v0.0.0-dev\nreplace example.org/none => ../none\n',
    /the folder of the replace line/,
  ],
  'what go mod tidy writes for a replaced module': [
    'require example.org/none v0.0.0-00010101000000-000000000000\n',
    /no commit has that version/,
  ],
  'v0.0.0 of a module of this repository, which a go.work leads to': [
    `require ${core} v0.0.0\n`,
    /part of this repository/,
  ],
  'a path that no host can have': ['require core v0.0.0\n', /no host in its path/],
  'v0.0.0 of another module, which may be there': ['require example.org/none v0.0.0\n'],
  'v0.0.0 of another module, replaced by a fork': [
    'require example.org/none v0.0.0\nreplace example.org/none => example.org/fork v1.0.0\n',
  ],
  'v0.0.0 of another module, of which a replace leads another version to a folder': [
    'require example.org/none v0.0.0\nreplace example.org/none v0.1.0 => ../none\n',
  ],
  'a pseudo-version with a time, replaced by a folder': [
    'require example.org/none v0.0.0-20250101000000-0123456789ab\nreplace example.org/none => ../none\n',
  ],
  'a release of a module of this repository': [
    `require ${core} v0.1.0\nreplace ${core} => ../core\n`,
  ],
};

needs('git')('a go.mod that requires', () => {
  test.each(Object.entries(placeholders))('%s', async (_title, [text, refusal]) => {
    const files = {
      [FILE]: `module ${MODULE}\n\ngo 1.21\n\n${text}`,
      'packages/core/go.mod': `module ${core}\n`,
      'go.work': 'go 1.21\n\nuse (\n\t./packages/core\n\t./packages/sdk\n)\n',
    };
    await using lab = await openLab({ files });
    const sha = lab.commit();
    const problems = await lab.validate(sha);
    const message = expect.stringMatching(refusal ?? '') as string;
    const refused = { code: 'go-placeholder-version', kind: 'input', path: FILE, message };
    expect(problems).toMatchObject(refusal === undefined ? [] : [refused]);
    expect(await lab.validate(sha, { allow: [FILE] })).toEqual([]);
  });

  test('nothing, and does not name its module, is refused when the publisher is opened', async () => {
    const open = async (text: string | undefined, options: LabOptions = {}): Promise<unknown> => {
      await using lab = await openLab({ files: text === undefined ? {} : { [FILE]: text } });
      try {
        return await lab.open(lab.commit(), BRANCH, options);
      } catch (error) {
        return error;
      }
    };
    for (const text of ['go 1.21\n', '', 'module\n', 'module `a.b/c`\n'])
      expect(await open(text)).toMatchObject({ code: 'go-invalid-module', field: FILE });
    for (const path of ['c', 'a.b/c/v1', 'a.b/../c', 'GitHub.com/c', 'a.b/c;'])
      expect(await open(`module ${path}\n`)).toMatchObject({
        name: 'InvalidInputError',
        field: `${FILE}: module`,
      });
    expect(await open(undefined, { directory: 'packages/none' })).toMatchObject({
      code: 'go-no-module',
      field: 'directory',
    });
  });

  test('nothing odd, and whose path does not go with the version: plan refuses the release', async () => {
    await using lab = await openLab();
    const refusal = await lab.open(lab.commit(), tagRef('v2.0.0')).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(InvalidInputError);
    expect(refusal).toMatchObject({
      code: 'module-path-major',
      expected: expect.stringContaining(`${MODULE}/v2`) as string,
    });
  });

  test('nothing odd, behind a byte order mark: validate refuses it', async () => {
    await using lab = await openLab({ files: { [FILE]: `\uFEFFmodule ${MODULE}\n` } });
    expect(await lab.validate(lab.commit())).toMatchObject([{ code: 'go-invalid-module' }]);
  });
});
