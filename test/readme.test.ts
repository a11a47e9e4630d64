import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { startNpmRegistry } from '@ameide/local-registries';
import { openRepository } from '@ameide/publisher-kit';
import { loadDefinition } from '@ameide/release';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDemoRepository, type DemoRepository } from '../scripts/demo/repository.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..');
const readme = await readFile(join(root, 'README.md'), 'utf8');
const [config = '', program = '', versions = ''] = [
  ...readme.matchAll(/^```ts\n(.*?)^```$/gms),
].map((match) => match[1]);

// The example's repository with the README's own release.config.ts; the programs lie beside it, and
// the workspace's packages are linked there.
let home = '';
let repository: DemoRepository;
let sha = '';

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'ameide-readme-'));
  repository = await createDemoRepository(root, home);
  await rm(join(repository.directory, 'release.config.json'));
  await writeFile(join(repository.directory, 'release.config.ts'), config);
  await writeFile(join(home, 'package.json'), '{ "type": "module" }');
  await writeFile(join(home, 'program.ts'), program);
  await writeFile(join(home, 'versions.ts'), versions);
  sha = await repository.commit('As the README says', '2025-11-13T15:32:11+00:00');
});

afterAll(async () => rm(home, { recursive: true, force: true }));

test('the TypeScript in the README type-checks', async () => {
  const tsconfig = {
    extends: join(root, 'tsconfig.base.json'),
    compilerOptions: {
      noEmit: true,
      composite: false,
      incremental: false,
      isolatedDeclarations: false,
      types: ['node'],
    },
    files: ['ameide/release.config.ts', 'program.ts', 'versions.ts'],
  };
  await writeFile(join(home, 'tsconfig.json'), JSON.stringify(tsconfig));
  const { stdout } = await run(join(root, 'node_modules/.bin/tsc'), ['-p', home]).catch(
    (error: { readonly stdout: string }) => error,
  );
  // The packages are checked from their sources, too; what is wrong there is for `check` to report.
  const ours = stdout.split('\n').filter((line) => line.includes(basename(home)));
  expect(ours).toEqual([]);
});

test('the release.config.ts in the README is valid, and each of its publishers opens at the commit', async () => {
  const definition = await loadDefinition(repository.directory);
  await using opened = await openRepository(repository.directory);
  const source = opened.source(await opened.resolve('HEAD'));
  const publishers = await Promise.all(
    definition.publishers.flat().map(async (publisher) => publisher.open(source)),
  );
  expect(publishers.map(({ id }) => id)).toEqual([
    'npm:@ameideio/ameide-sdk-ts',
    'pypi:ameide-sdk-python',
    'go:github.com/ameideio/ameide-sdk-go',
    'oci:ghcr.io/ameideio/ameide-sdk-ts',
    'npm:@ameideio/configuration',
    'oci:ghcr.io/ameideio/configuration',
  ]);
});

test('the program in the README publishes, and the second time finds everything there', async () => {
  await using registry = await startNpmRegistry();
  const env = {
    ...process.env,
    NPM_REGISTRY: registry.url,
    NPM_TOKEN: registry.token,
    GITHUB_ACTIONS: '',
  };
  const once = async (): Promise<string> =>
    (
      await run(process.execPath, [join(home, 'program.ts')], { cwd: repository.directory, env })
    ).stdout.trim();
  const coordinate = 'npm:@ameideio/configuration@0.1.0-dev.20251113153211';
  expect(await once()).toBe(`${coordinate} published ${sha}`);
  expect(await once()).toBe(`${coordinate} identical ${sha}`);
  const answer = await fetch(`${registry.url}/@ameideio%2fconfiguration`);
  expect(await answer.json()).toMatchObject({ 'dist-tags': { dev: '0.1.0-dev.20251113153211' } });
});

describe('after a release, the program in the README and the command plan the same artifacts', () => {
  const LEADS_TO = { 'next-patch': '0.1.1', keep: '0.1.0', error: undefined };
  const combinations = (['datetime', 'date', undefined] as const).flatMap((stamp) =>
    (['next-patch', 'keep', 'error', undefined] as const).map((afterRelease) => ({
      stamp,
      afterRelease,
    })),
  );

  beforeAll(async () => {
    await repository.tag('v0.1.0');
    await repository.change('packages/ameide_configuration/README.md', 'Later.');
    await repository.commit('After the release', '2025-11-14T09:05:00+00:00');
  });

  test.each(combinations)('with stamp $stamp and afterRelease $afterRelease', async (options) => {
    const { stamp, afterRelease = 'next-patch' } = options;
    const chosen = Object.entries(options).filter(([, value]) => value !== undefined);
    const lines = chosen.map(([name, value]) => `  ${name}: '${value}',`);
    const changed = program.replace('defineRelease({', `defineRelease({\n${lines.join('\n')}`);
    // The same program, which reads only; and its definition as the command's.
    const planning = changed
      .replaceAll('publishRelease', 'planRelease')
      .replace(/^for [^]*$/m, 'console.log(JSON.stringify(report));');
    const definition = changed
      .slice(0, changed.indexOf('await using'))
      .concat('export default definition;\n');
    await writeFile(join(home, 'planning.ts'), planning);
    await writeFile(join(home, 'release.config.ts'), definition);
    await using registry = await startNpmRegistry();
    const plan = async (...argv: readonly string[]): Promise<string> => {
      const env = { ...process.env, NPM_REGISTRY: registry.url, NPM_TOKEN: registry.token };
      const call = { cwd: repository.directory, env: { ...env, GITHUB_ACTIONS: '' } };
      const { stdout, stderr } = await run(process.execPath, [...argv], call).catch(
        (error: { readonly stdout: string; readonly stderr: string }) => error,
      );
      return stdout === '' ? stderr : stdout;
    };
    const command = [join(root, 'packages/release/src/bin.ts'), 'plan', '--json', '--config'];
    const ours = await plan(join(home, 'planning.ts'));
    const theirs = await plan(...command, join(home, 'release.config.ts'));
    const target = LEADS_TO[afterRelease];
    if (target === undefined) {
      for (const answer of [ours, theirs]) expect(answer).toContain('base-already-released');
      return;
    }
    expect(JSON.parse(ours)).toEqual(JSON.parse(theirs));
    const time = stamp === 'date' ? '20251114' : '20251114090500';
    expect(JSON.parse(ours)).toMatchObject({
      release: { npm: { version: `${target}-dev.${time}` } },
      artifacts: [{ coordinate: `npm:@ameideio/configuration@${target}-dev.${time}` }],
    });
  });
});

test('the versions in the README are the ones its code prints', async () => {
  const { stdout } = await run(process.execPath, [join(home, 'versions.ts')]);
  expect(stdout.trim()).toBe(/console\.log\(.*\); \/\/ (.+)$/m.exec(versions)?.[1]);
});
