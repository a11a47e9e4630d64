import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { runCli } from '../support/cli.ts';
import { createDeployWorld, SDK } from '../support/deploy-world.ts';

const INVENTORY = ['inventory', '--progress', 'none'] as const;

function world() {
  const made = createDeployWorld();
  const { digests, git, shas } = made;
  git.write('services/www/package.json', '{ "name": "@acme/www", "private": true }\n');
  git.write('services/www/Dockerfile', `FROM ${SDK}:0.1.0\n`);
  git.write('services/api/Dockerfile', `FROM ${SDK}:dev AS sdk\nFROM ${SDK}@${digests.release}\n`);
  return {
    ...made,
    shas,
    run: async (...argv: string[]) => runCli(['-C', git.directory, ...INVENTORY, ...argv]),
  };
}

test('a table for people', async () => {
  const { run, shas } = world();
  const { code, stdout } = await run();
  const [release, dev] = [shas.release.slice(0, 12), shas.dev.slice(0, 12)];
  const lines = stripVTControlCharacters(stdout).split('\n');
  expect(lines.map((line) => line.trimEnd())).toEqual([
    'ARTIFACT              NEWEST RELEASE',
    `oci:${SDK}  -`,
    '',
    'SERVICE       ARTIFACT              VERSION               COMMIT        AGE        MARKS',
    `services/api  oci:${SDK}  dev                   ${dev}  0 commits  mixed, dev`,
    `              oci:${SDK}  sha256:aaaaaaaaaaaa…  ${release}  1 commit`,
    `services/www  oci:${SDK}  0.1.0                 ${release}  1 commit`,
    '',
    `Whether oci:${SDK} is behind is not known: its publisher cannot list versions.`,
    '1 project uses nothing of this release.',
    '',
    '2 services; every commit is known.',
    '',
  ]);
  expect(code).toBe(0);
});

test('Markdown: nothing that stands in a file becomes markup', async () => {
  const { git, run, shas } = world();
  git.write('services/a|b`c/Dockerfile', `FROM ${SDK}:0.1.0\n`);
  const { code, stdout } = await run('services/a|b`c', '--format', 'markdown');
  expect(stdout.split('\n').slice(0, 5)).toEqual([
    '| Service | Artifact | Version | Commit | Age | Marks |',
    '| --- | --- | --- | --- | --- | --- |',
    `| \`\`services/a\\|b\`c\`\` | \`oci:${SDK}\` | \`0.1.0\` | \`${shas.release.slice(0, 12)}\` | 1 commit |  |`,
    '',
    `Ages are counted from \`${shas.dev.slice(0, 12)}\`.`,
  ]);
  expect(code).toBe(0);
});

test.each([
  ['absent', `${SDK}:9.9.9`, 2, 'not-published', 'inventory-not-published'],
  ['without a commit', `${SDK}:unlabelled`, 2, 'no-commit', 'inventory-no-commit'],
  ['not answering', `${SDK}:silent`, 3, 'no-answer', 'oci-no-answer'],
  ['a tag that cannot be', `${SDK}:$TAG`, 2, 'not-locked', 'inventory-not-locked'],
])(
  'an image that is %s: the state and the exit code tell it apart',
  async (_, image, exitCode, state, code) => {
    const { digests, git, registry, run } = world();
    registry({ images: { unlabelled: { digest: digests.dev }, silent: { noAnswer: true } } });
    git.write('services/www/Dockerfile', `ARG TAG\nFROM ${image}\n`);
    const result = await run('services/www', '--json');
    expect(JSON.parse(result.stdout)).toMatchObject({
      schema: 'ameide-release/inventory/1',
      exitCode,
      services: [{ uses: [{ state, marks: ['unknown'], line: 2 }] }],
      problems: [{ code }],
    });
    expect(result.code).toBe(exitCode);
  },
);

test('a damaged lockfile is a problem with its line, never an empty service', async () => {
  const { git, run } = world();
  git.write('services/www/package-lock.json', '{\n  "lockfileVersion": 3,\n<<<<<<< HEAD\n');
  const result = await run('--json');
  expect(JSON.parse(result.stdout)).toMatchObject({
    exitCode: 2,
    problems: [{ code: 'lockfile-unreadable', path: 'services/www/package-lock.json', line: 3 }],
  });
});

test('the workloads of a folder, by the folder; what is excluded is left out', async () => {
  const { git, run } = world();
  git.write(
    'deploy/prod/pod.yaml',
    `kind: Pod\nmetadata: { name: www }\nspec: { containers: [{ image: '${SDK}:0.1.0' }] }\n`,
  );
  const result = await run('deploy/prod', '--json');
  expect(JSON.parse(result.stdout)).toMatchObject({
    exitCode: 0,
    services: [
      {
        kind: 'workload',
        name: 'Pod www',
        path: 'deploy/prod/pod.yaml',
        uses: [{ version: '0.1.0', line: 3 }],
      },
    ],
  });
});

test('--fail-on in CI', async () => {
  const { run } = world();
  const { code, stdout } = await run('--fail-on', 'dev', 'mixed', '--json');
  expect(JSON.parse(stdout).problems.map((one: { code: string }) => one.code)).toEqual([
    'inventory-mixed',
    'inventory-dev',
  ]);
  expect(code).toBe(2);
  expect(await run('--fail-on', 'old')).toMatchObject({ code: 2 });
});
