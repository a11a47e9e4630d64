import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { startNpmRegistry } from '@ameide/local-registries';
import { openRepository } from '@ameide/publisher-kit';
import { loadDefinition } from '@ameide/release';
import { afterAll, beforeAll, expect, test } from 'vitest';
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
  // The packages are checked from their sources, too; what is wrong there is for `check` to tell.
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
  expect(await once()).toBe(`${coordinate} same-source ${sha}`);
  const answer = await fetch(`${registry.url}/@ameideio%2fconfiguration`);
  expect(await answer.json()).toMatchObject({ 'dist-tags': { dev: '0.1.0-dev.20251113153211' } });
});

test('the versions in the README are the ones its code prints', async () => {
  const { stdout } = await run(process.execPath, [join(home, 'versions.ts')]);
  expect(stdout.trim()).toBe(/console\.log\(.*\); \/\/ (.+)$/m.exec(versions)?.[1]);
});
