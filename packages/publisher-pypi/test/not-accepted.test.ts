import { needs } from '@ameide/local-registries/components';
import type { Processes, ProcessResult } from '@ameide/publisher-kit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Opened } from './world.ts';
import { commit, open, PROJECT, PYPROJECT, removeScratch, stubBuilder } from './world.ts';

afterAll(removeScratch);

const RST = 'Text\n\n.. toctree::\n   a\n';
const TOKEN = { token: 'pypi-never-sent' };

function project(more: string, files: Readonly<Record<string, string>> = {}): string {
  const text = PYPROJECT.replace('dependencies = []', `dependencies = []\n${more}`);
  return commit({ ...PROJECT, 'sdk/pyproject.toml': text, ...files });
}

async function planned(opened: Opened): Promise<readonly unknown[]> {
  const problems = (await opened.publisher.validate?.(opened.plan, opened.step())) ?? [];
  return problems.map(({ code, field, hint = '', kind, line, message, path }) => {
    expect(hint.length).toBeGreaterThan(20);
    return { code, kind, message, place: [path, field ?? line].join(' ') };
  });
}

needs('git', 'uv')('plan', () => {
  const problem = (place: string, reason: string) => ({
    code: 'pypi-not-accepted',
    kind: 'input',
    place,
    message: `upload.pypi.org would refuse pypi:ameide-sdk: ${reason}.`,
  });

  test('reports a classifier that hatchling refuses, whatever the index', async () => {
    const root = project(
      'classifiers = ["Typing :: Typed", "Acme :: Internal", "Private :: Acme"]',
    );
    const index = {
      uploadUrl: 'https://pypi.acme.example/',
      simpleUrl: 'https://pypi.acme.example/simple/',
    };
    const opened = await open(root, { ...index, ...TOKEN });
    expect(await planned(opened)).toEqual([
      {
        ...problem('sdk/pyproject.toml project.classifiers[1]', ''),
        message:
          'hatchling would refuse pypi:ameide-sdk: its classifier "Acme :: Internal" is unknown.',
      },
    ]);
    // What hatchling itself says, and with the variable that the hint names.
    expect(await opened.publisher.build(opened.plan, opened.step())).toMatchObject({
      problems: [{ message: expect.stringContaining('Acme :: Internal') as string }],
    });
    const buildEnvironment = { HATCH_METADATA_CLASSIFIERS_NO_VERIFY: '1' };
    const unverified = await open(root, { ...index, ...TOKEN, buildEnvironment });
    expect(await planned(unverified)).toEqual([]);
    expect((await unverified.publisher.build(unverified.plan, unverified.step())).problems).toBe(
      undefined,
    );
  });

  test('tells what PyPI refuses of pyproject.toml and README.rst, everything at once', async () => {
    const root = project(
      `classifiers = ["Typing :: Typed", "Topic :: Nothing"]
[project.optional-dependencies]
x = ["a^1"]`,
      {
        'sdk/pyproject.toml': PYPROJECT.replace('README.md', 'README.rst')
          .replace('An SDK: for tests', 'x'.repeat(513))
          .replace('dependencies = []', 'classifiers = ["Typing :: Typed", "Topic :: Nothing"]')
          .replace('Home = "https://example.org"', 'Home = "example.org"')
          .replace('>=3.9', '3.9'),
        'sdk/README.rst': RST,
      },
    );
    expect(await planned(await open(root, TOKEN))).toEqual([
      problem(
        'sdk/pyproject.toml project.description',
        'its Summary has 513 characters, and 512 are allowed',
      ),
      problem(
        'sdk/pyproject.toml project.classifiers[1]',
        'its classifier "Topic :: Nothing" is unknown',
      ),
      {
        ...problem('sdk/pyproject.toml project.requires-python', ''),
        message: 'Installers would refuse pypi:ameide-sdk: its Requires-Python "3.9" is invalid.',
      },
      problem(
        'sdk/pyproject.toml project.urls.Home',
        'its project URL "Home" is no http or https address: "example.org"',
      ),
      problem(
        'sdk/README.rst 3',
        'its description does not render as reStructuredText: the directive "toctree" is unknown to pypi.org\'s renderer, which is not Sphinx',
      ),
    ]);
  });

  test('takes an allowed classifier, and asks nothing of another index', async () => {
    const root = project('classifiers = ["Topic :: Nothing"]');
    expect(await planned(await open(root, { ...TOKEN, allow: ['Topic :: Nothing'] }))).toEqual([]);
    const long = commit({
      ...PROJECT,
      'sdk/pyproject.toml': PYPROJECT.replace('An SDK: for tests', 'x'.repeat(513)),
    });
    const own = { uploadUrl: 'https://e.org/up', simpleUrl: 'https://e.org/simple/' };
    expect(await planned(await open(long, { ...TOKEN, ...own }))).toEqual([]);
  });
});

/** Runs what `answer` has no answer for; every other program is not there. */
function withRenderer(answer: (program: string) => number | undefined): Processes {
  const builder = stubBuilder(
    'Summary: a\nDescription-Content-Type: text/x-rst\n\nSee `nothing`_.\n',
  );
  return {
    ...builder,
    async run(command) {
      const ran = await builder.run(command);
      const [program, verb] = command.argv;
      if (program === 'git' || verb === 'build' || verb === '--version') return ran;
      const exitCode = answer(program);
      if (exitCode === undefined) return { ...ran, ok: false, failure: 'not-found' };
      const failed: ProcessResult = {
        ...ran,
        ok: false,
        failure: 'exit',
        exitCode,
        stdoutText: 'line 1: no target',
      };
      return exitCode === 10 ? { ...failed, exitCode } : failed;
    },
  };
}

needs('git')('a build', () => {
  let root: string;
  beforeAll(() => {
    root = commit(PROJECT);
  });
  const built = async (answer: (program: string) => number | undefined) => {
    const opened = await open(root, { ...TOKEN, ports: { processes: withRenderer(answer) } });
    const { problems, value } = await opened.publisher.build(opened.plan, opened.step());
    return { messages: opened.messages, problems, files: value?.files.length };
  };

  test('refuses a description that PyPI does not render, once for all files', async () => {
    const { problems } = await built((program) => (program === 'uv' ? 11 : 1));
    expect(problems).toMatchObject([
      {
        code: 'pypi-not-accepted',
        kind: 'incomplete',
        rerun: 'after-fix',
        message: expect.stringMatching(
          /^upload.pypi.org would refuse the built ameide_sdk-\S+.whl and|its description does not render as reStructuredText: line 1: no target\.$/,
        ),
      },
    ]);
  });

  test('goes on and says so where no renderer can be had', async () => {
    const { files, messages, problems } = await built(() => undefined);
    expect(problems).toBeUndefined();
    expect(files).toBe(2);
    expect(messages.filter((text) => text.includes('not rendered'))).toHaveLength(1);
  });
});

describe('the real tools', () => {
  needs('git', 'uv')('build', () => {
    test('nothing of a README that does not render is published', async () => {
      const root = project('', {
        'sdk/pyproject.toml': PYPROJECT.replace('README.md', 'README.rst'),
        'sdk/README.rst': 'See `nothing`_.\n',
      });
      const opened = await open(root, TOKEN);
      expect(await planned(opened)).toEqual([]);
      const { problems } = await opened.publisher.build(opened.plan, opened.step());
      expect(problems).toMatchObject([{ code: 'pypi-not-accepted', kind: 'incomplete' }]);
      expect(problems?.[0].message).toContain('Unknown target name: "nothing"');
    });
  });
});
