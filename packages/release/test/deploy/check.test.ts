import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { createDeployWorld, pod, SDK } from '../support/deploy-world.ts';
import { expectValid } from '../support/event-schema.ts';

const RELEASED = pod(`${SDK}:0.1.0`);

describe('the exit code', () => {
  test('0: all of it may run there', async () => {
    const { manifest, run } = createDeployWorld();
    const { code, stderr, stdout } = await run([
      'check',
      '--env',
      'production',
      manifest(RELEASED),
    ]);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('1 image that the policy covers and 0 other in 1 document');
    expect(stdout).toContain('--online asks the registries.');
  });

  test('2: something may not; each finding begins with its place', async () => {
    const { manifest, run } = createDeployWorld();
    const path = manifest(pod(`${SDK}:dev`));
    const result = await run(['check', '--env', 'production', path]);
    const stdout = stripVTControlCharacters(result.stdout);
    expect(result.code).toBe(2);
    expect(stdout).toContain(`${path}:6:14  deploy-tag-not-allowed  spec.containers[0].image\n`);
    expect(stdout).toContain('1 finding. Exit 2 (invalid-input).');
  });

  test('3: a registry did not answer', async () => {
    const { manifest, registry, run } = createDeployWorld();
    registry({ images: { '0.1.0': { noAnswer: true } } });
    const argv = ['check', '--env', 'production', '--online', manifest(RELEASED)];
    const { code, stdout } = await run(argv);
    expect(code).toBe(3);
    expect(stdout).toContain('oci-no-answer');
    expect(stdout).not.toContain('deploy-image-absent');
  });

  test.each([
    ['dev', 'proven', 0, []],
    ['dev', 'missing', 2, ['deploy-image-not-proven']],
    ['dev', 'unknown', 3, ['log-no-answer']],
    ['dev', 'of-other-bytes', 5, ['changed-meanwhile']],
    ['dev', 'throws', 3, ['publisher-failed']],
    // A publisher that says nothing of a proof that it was asked for.
    ['dev', 'none', 3, ['not-proven']],
  ] as const)('of %s with proofs that are %s is %i', async (tag, proofs, code, codes) => {
    const { manifest, registry, run } = createDeployWorld();
    registry({ proofs });
    const path = manifest(pod(`${SDK}:${tag}`));
    const result = await run(['check', '--env', 'development', '--online', '--json', path]);
    const { problems } = JSON.parse(result.stdout);
    expect(problems.map((one: { readonly code: string }) => one.code)).toEqual(codes);
    expect(result.code).toBe(code);
  });

  test('3: a registry that fails for what else the commit has', async () => {
    const { manifest, registry, run } = createDeployWorld();
    registry({ failsForCommits: true });
    for (const argv of [
      ['check', '--env', 'production', '--online', manifest(RELEASED)],
      ['resolve', `${SDK}:0.1.0`],
      ['pin', '--env', 'production', '--version', '0.1.0', '--write', manifest(RELEASED)],
    ]) {
      const { code, stdout } = await run([...argv, '--json']);
      const { problems } = JSON.parse(stdout);
      expect(problems.map((one: { readonly code: string }) => one.code)).toEqual([
        'publisher-failed',
      ]);
      expect(code).toBe(3);
    }
  });

  test('0 all the same, where nobody asks for proofs', async () => {
    const { manifest, registry, run } = createDeployWorld(
      '{ environments: { development: { proof: "optional" } } }',
    );
    registry({ proofs: 'throws' });
    const path = manifest(pod(`${SDK}:dev`));
    expect(await run(['check', '--env', 'development', '--online', path])).toMatchObject({
      code: 0,
    });
  });
});

describe('what is checked', () => {
  test('standard input, which messages name', async () => {
    const { run } = createDeployWorld();
    const stdin = pod(`${SDK}:dev`);
    const { code, stdout } = await run(['check', '--env', 'production', '-'], { stdin });
    expect(code).toBe(2);
    expect(stripVTControlCharacters(stdout)).toContain(
      'standard input:6:14  deploy-tag-not-allowed',
    );
    expect(await run(['check', '--env', 'development', '-'], { stdin })).toMatchObject({ code: 0 });
  });

  test('no terminal', async () => {
    const { run } = createDeployWorld();
    const { code, stderr } = await run(['check', '--env', 'production', '-']);
    expect(code).toBe(2);
    expect(stderr).toContain('helm template');
  });

  test('nothing is no success', async () => {
    const { manifest, run } = createDeployWorld();
    const empty = join(manifest('', 'empty.yaml'), '../folder');
    mkdirSync(empty);
    for (const path of [
      empty,
      manifest('', 'empty.yaml'),
      manifest('# nothing\n---\n', 'c.yaml'),
    ]) {
      const { code, stdout } = await run(['check', '--env', 'production', '--json', path]);
      expect(code).toBe(2);
      expect(JSON.parse(stdout).problems).toMatchObject([{ code: 'deploy-nothing-to-check' }]);
    }
  });

  test('manifests without an image of ours pass, and say so', async () => {
    const { manifest, run } = createDeployWorld();
    const path = manifest(pod('nginx:1'));
    const { code, stdout } = await run(['check', '--env', 'production', path]);
    expect(code).toBe(0);
    expect(stdout).toContain(
      'note: No manifest here has an image that the policy covers: nothing was checked.',
    );
    expect(stdout).not.toContain('may run in');
  });

  test('a name without a tag in an unknown place, and a tag from elsewhere, are noted', async () => {
    const { manifest, run } = createDeployWorld();
    const texts = [
      manifest(`kind: Gadget\nspec: {image: ${SDK}, more: "see ${SDK}"}\n`, 'gadget.yaml'),
      manifest(`images: [{name: ${SDK}}]\n`, 'kustomization.yaml'),
    ];
    const argv = ['check', '--env', 'production', '--json', ...texts];
    const { code, stdout } = await run(argv);
    expect(code).toBe(0);
    expect(JSON.parse(stdout).notes).toEqual([
      expect.stringMatching(/gadget\.yaml:2 names .* without a tag/),
      expect.stringMatching(/kustomization\.yaml:1 does not say the tag of .*kubectl kustomize/),
    ]);
  });

  test('a tag in a value of its own, beside the name under any key', async () => {
    const { manifest, run } = createDeployWorld();
    const path = manifest(`worker: {image: ${SDK}, tag: dev}\nother: {name: redis, tag: x}\n`);
    const { code, stdout } = await run(['check', '--env', 'production', '--json', path]);
    expect(code).toBe(2);
    expect(JSON.parse(stdout).problems).toMatchObject([
      { code: 'deploy-tag-not-allowed', field: 'worker', line: 1 },
    ]);
  });

  test('a file that is not UTF-8 does not hide what is wrong in another one', async () => {
    const { manifest, run } = createDeployWorld();
    const paths = [manifest(Buffer.from([0xff, 0xfe]), 'a.yaml'), manifest(pod(`${SDK}:dev`))];
    const { code, stdout } = await run(['check', '--env', 'production', '--json', ...paths]);
    expect(code).toBe(2);
    expect(JSON.parse(stdout).problems).toMatchObject([
      { code: 'deploy-not-utf8', kind: 'input' },
      { code: 'deploy-tag-not-allowed', kind: 'policy' },
    ]);
  });
});

describe('a wrong command line', () => {
  test.each([
    ['an environment that is misspelt', ['--env', 'prodution'], 'env', 'production'],
    ['a path with nothing behind it', ['--env', 'production', '/no/such.yaml'], 'path', '/no/such'],
  ])('%s', async (_, argv, field, word) => {
    const { manifest, run } = createDeployWorld();
    const result = await run(['check', '--json', manifest(RELEASED), ...argv]);
    expect(result.code).toBe(2);
    const report = JSON.parse(result.stdout);
    expect(report).toMatchObject({
      schema: 'ameide-release/failure/1',
      problems: [{ code: 'invalid-input', field }],
    });
    expect(report.problems[0].message).toContain(word);
  });

  test('a misspelt environment is answered with the one that was meant', async () => {
    const { manifest, run } = createDeployWorld();
    const { stderr } = await run(['check', '--env', 'prodution', manifest(RELEASED)]);
    expect(stderr).toContain('Did you mean "production"?');
  });

  test.each([
    ['no environment', ['check', 'x.yaml']],
    ['no path', ['check', '--env', 'production']],
    ['two kinds of output', ['check', '--env', 'production', '--sarif', '--json', 'x.yaml']],
    ['no command', []],
    ['a command that is none', ['chekc']],
  ])('%s is a mistake, and nothing is read', async (_, argv) => {
    const { run } = createDeployWorld();
    expect(await run(argv)).toMatchObject({ code: 2 });
  });

  test('--help has an example, and is a success', async () => {
    const { run } = createDeployWorld();
    for (const command of ['check', 'pin', 'resolve', 'rollback', 'admission'])
      expect(await run([command, '--help'])).toMatchObject({
        code: 0,
        stdout: expect.stringContaining(`Examples:\n  ameide-release deploy ${command}`) as string,
      });
  });
});

test('--events writes what was asked, as its schema says', async () => {
  const { manifest, run } = createDeployWorld();
  const path = manifest(RELEASED);
  const file = join(path, '../events.jsonl');
  const argv = ['check', '--env', 'production', '--online', '--events', file, path];
  expect(await run(argv)).toMatchObject({ code: 0 });
  const events = readFileSync(file, 'utf8').trim().split('\n');
  expectValid(events.map((line) => JSON.parse(line)));
  expect(events.length).toBeGreaterThan(2);
});

describe('--sarif', () => {
  test('is a log with one result for each finding', async () => {
    const { manifest, run } = createDeployWorld();
    const path = manifest(pod(`${SDK}:dev`), 'with space.yaml');
    const { code, stdout } = await run(['check', '--env', 'production', '--sarif', path]);
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({
      version: '2.1.0',
      runs: [
        {
          tool: { driver: { rules: [{ id: 'deploy-tag-not-allowed' }] } },
          results: [
            {
              ruleId: 'deploy-tag-not-allowed',
              ruleIndex: 0,
              level: 'error',
              locations: [
                {
                  physicalLocation: {
                    artifactLocation: { uri: `file://${path.replaceAll(' ', '%20')}` },
                    region: { startLine: 6, startColumn: 14 },
                  },
                },
              ],
            },
          ],
        },
      ],
    });
  });

  test('without a finding it is a log, too: code scanning closes what it has', async () => {
    const { manifest, run } = createDeployWorld();
    const argv = ['check', '--env', 'production', '--sarif', manifest(RELEASED)];
    const { code, stdout } = await run(argv);
    expect(code).toBe(0);
    expect(JSON.parse(stdout).runs).toMatchObject([{ results: [] }]);
  });
});
