import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createDeployWorld, pod, SDK } from '../support/deploy-world.ts';
import { githubStep, parseCommands } from '../support/github-step.ts';

/** As in hostile-text.test.ts: clears the screen, turns text around, hides it, begins a line. */
const HOSTILE = '\u001b[2J\u202e\u200b\u0007\u2028\u{e0041}\u009b1m';
const UNSEEN = /(?![\n\r])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

/** As YAML writes it in a string, so that the value has the characters themselves. */
const ESCAPED = HOSTILE.split('')
  .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
  .join('');

function visible(text: string): string {
  return text.replaceAll(/\u001b\[(?:0|1|2|22|3\d|39)m/g, '');
}

describe('text of a manifest is shown and not obeyed', () => {
  test.each([
    ['in an image', pod(`"${SDK}:dev${ESCAPED}"`)],
    [
      'in a name',
      `${pod(`${SDK}:dev`)}metadata2: {}\n`.replace('kind: Pod', `kind: "Pod${ESCAPED}"`),
    ],
    ['in an annotation', pod(`${SDK}:dev`, `{ameide.io/image-sha: "${ESCAPED}"}`)],
    ['in a key', pod(`${SDK}:dev`, `{"image-sha.ameide.io/${ESCAPED}": "a"}`)],
    ['in a comment', `# ${HOSTILE}\n${pod(`${SDK}:dev`)}`],
    ['beside the image', pod(`${SDK}:dev # ${HOSTILE}`)],
    ['in broken YAML', `kind: [${HOSTILE}\n`],
    ['in a template', `{{ ${HOSTILE} }}\n`],
  ])('%s', async (_, text) => {
    const { manifest, run } = createDeployWorld();
    const path = manifest(text);
    for (const argv of [
      ['check', '--env', 'production', path],
      ['check', '--env', 'production', '--json', path],
      ['check', '--env', 'production', '--sarif', path],
      ['check', '--env', 'development', '--online', path],
      ['pin', '--env', 'production', '--version', '0.1.0', path],
      ['pin', '--env', 'production', '--version', '0.1.0', '--json', path],
      ['resolve', path],
    ]) {
      const { stderr, stdout } = await run(argv);
      const shown = visible(stdout + stderr);
      expect(shown).not.toBe('');
      expect(UNSEEN.exec(shown)?.[0].codePointAt(0)?.toString(16)).toBeUndefined();
    }
  });

  test('in JSON it stays the text that it was', async () => {
    const { manifest, run } = createDeployWorld();
    const path = manifest(pod(`${SDK}:dev`, `{ameide.io/image-sha: "${ESCAPED}"}`));
    const { stdout } = await run(['check', '--env', 'development', '--json', path]);
    expect(JSON.parse(stdout).images).toMatchObject([{ sha: HOSTILE }]);
  });

  test('of a path, a policy, an environment and an image', async () => {
    const { manifest, run } = createDeployWorld();
    const path = manifest(pod(`${SDK}:dev`), `a${HOSTILE}.yaml`);
    for (const argv of [
      ['check', '--env', 'production', path],
      ['check', '--env', HOSTILE, path],
      ['check', '--env', 'production', `${HOSTILE}.yaml`],
      ['check', '--env', 'production', '--policy', HOSTILE, path],
      ['pin', '--env', 'production', '--version', HOSTILE, path],
      ['pin', '--env', 'production', '--sha', HOSTILE, path],
      ['pin', '--env', 'production', '--version', '0.1.0', path],
      ['resolve', HOSTILE],
      ['admission', '--engine', 'kubernetes', '--name', HOSTILE],
    ]) {
      const { stderr, stdout } = await run(argv);
      const shown = visible(stdout + stderr);
      expect(shown).not.toBe('');
      expect(UNSEEN.exec(shown)?.[0].codePointAt(0)?.toString(16)).toBeUndefined();
    }
  });
});

test('secrets of the environment are nowhere in what is printed', async () => {
  const { manifest, run } = createDeployWorld();
  const secret = 'ghp_plantedsecret7';
  const env = { OCI_TOKEN: secret };
  const path = manifest(pod(`${SDK}:dev # ${secret}`, `{token: ${secret}}`));
  for (const argv of [
    ['check', '--env', 'production', path],
    ['check', '--env', 'production', '--json', path],
    ['check', '--env', secret, '--json', path],
    ['check', '--env', 'production', `/no/${secret}.yaml`],
    ['pin', '--env', 'production', '--version', '0.1.0', path],
    ['pin', '--env', 'production', '--version', '0.1.0', '--json', path],
    ['resolve', `ghcr.io/acme/${secret}:1.0.0`],
  ]) {
    const { stderr, stdout } = await run(argv, { env });
    expect(stdout + stderr).not.toContain(secret);
  }
  const { stdout } = await run(['pin', '--env', 'production', '--version', '0.1.0', path], { env });
  expect(stdout).toContain('[secret]');
});

describe('in GitHub Actions', () => {
  /** A folder in the working directory, because paths of manifests are relative to that. */
  function workspaceFolder(): string {
    const folder = mkdtempSync(join(process.cwd(), '.deploy-test-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    return folder;
  }

  test('each finding is an error at its file and line, relative to the workspace', async () => {
    const { run } = createDeployWorld();
    const folder = workspaceFolder();
    mkdirSync(join(folder, 'deploy'));
    const file = join(folder, 'deploy/pod.yaml');
    writeFileSync(file, pod(`${SDK}:dev`));
    const step = githubStep();
    const path = relative(process.cwd(), file);
    for (const [workspace, expected] of [
      [process.cwd(), path],
      [folder, 'deploy/pod.yaml'],
    ] as const) {
      const env = { ...step.env, GITHUB_WORKSPACE: workspace };
      for (const given of [path, file]) {
        const { code, stderr } = await run(['check', '--env', 'production', given], { env });
        expect(code).toBe(2);
        expect(parseCommands(stderr)).toMatchObject([
          {
            name: 'error',
            properties: { title: 'deploy-tag-not-allowed', file: expected, line: '6', col: '14' },
            data: expect.stringContaining('is not allowed in production') as string,
          },
        ]);
      }
    }
  });

  test('what is outside of the workspace, or has no place, is told without a file', async () => {
    const { manifest, registry, run } = createDeployWorld();
    registry({ images: { '0.1.0': { noAnswer: true } } });
    const env = { ...githubStep().env, GITHUB_WORKSPACE: process.cwd() };
    const outside = await run(['check', '--env', 'production', manifest(pod(`${SDK}:dev`))], {
      env,
    });
    const silent = ['check', '--env', 'production', '--online', manifest(pod(`${SDK}:0.1.0`))];
    const unanswered = await run(silent, { env });
    for (const { stderr } of [outside, unanswered]) {
      const [command] = parseCommands(stderr);
      expect(command?.name).toBe('error');
      expect(command?.properties).not.toHaveProperty('file');
    }
  });

  test('a manifest cannot give the runner a command', async () => {
    const { manifest, run } = createDeployWorld();
    const env = githubStep().env;
    const text = `::set-env name=A::b\n##[set-output name=a]b\n${pod(`${SDK}:dev`)}`;
    const path = manifest(`# x\n::add-mask::y\n---\n${text}`);
    const hunk = manifest(
      pod(`${SDK}:dev # ##[group]x`).replace('kind: Pod', 'kind: Pod\n::stop-commands::z: a'),
      'b.yaml',
    );
    for (const argv of [
      ['check', '--env', 'production', path],
      ['pin', '--env', 'production', '--version', '0.1.0', hunk],
      ['pin', '--env', 'production', '--version', '0.1.0', '--json', hunk],
    ]) {
      const { stderr, stdout } = await run(argv, { env });
      const names = parseCommands(stdout + stderr).map(({ name }) => name);
      expect(names.filter((name) => name !== 'error')).toEqual([]);
      expect(stdout + stderr).not.toContain('##[');
    }
  });
});
