import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type LocalRegistries, startLocalRegistries } from '@ameide/local-registries';
import { needs } from '@ameide/local-registries/components';
import { runGit } from '@ameide/publisher-kit/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { registryEnvironment } from '../../../../scripts/demo/environment.ts';
import { run } from '../../../../test/shapes/program.ts';
import { MACHINE } from '../support/ameide-world.ts';
import { type ProcessResult, runProcess } from '../support/process.ts';
import { createLayout, installOurPackages, LAYOUTS, type Layout } from './layouts.ts';

describe.each(LAYOUTS)('$name, the layout of $after', (layout) => {
  test('init writes what its maintainers would read', async () => {
    const directory = await createLayout(layout, `https://github.com/acme/${layout.name}.git`);
    const { code, stdout, stderr } = await runProcess(
      ['-C', directory, 'init', '--yes', '--offline', '--json', ...(layout.flags ?? [])],
      { env: MACHINE },
    );
    const report = JSON.parse(stdout);
    expect(code, stderr + stdout).toBe(0);
    expect(report).toMatchObject({ isWritten: true, publishes: layout.publishes, problems: [] });
    const expected = join(import.meta.dirname, 'expected', layout.name);
    for (const { path, text } of report.files)
      expect(await readFile(join(directory, path), 'utf8'), path).toBe(text);
    for (const path of [layout.file, '.github/workflows/publish-packages.yml'])
      await expect(await readFile(join(directory, path), 'utf8')).toMatchFileSnapshot(
        join(expected, path.split('/').at(-1) ?? ''),
      );
    const written = runGit(directory, ['status', '--porcelain', '--untracked-files=all']);
    expect(
      written
        .split('\n')
        .map((line) => line.slice(3))
        .toSorted(),
    ).toEqual(report.files.map(({ path }: { readonly path: string }) => path).toSorted());
  });
});

async function setRemote(directory: string, remote: string): Promise<void> {
  const file = join(directory, 'release.config.json');
  const data = JSON.parse(await readFile(file, 'utf8'));
  for (const { goModule } of data.publishers) if (goModule !== undefined) goModule.remote = remote;
  await writeFile(file, JSON.stringify(data));
}

needs('git')('on local registries', () => {
  let registries: LocalRegistries;
  beforeAll(async () => {
    registries = await startLocalRegistries({
      goRepositories: LAYOUTS.map(({ name }) => `acme/${name}`),
    });
  });
  afterAll(async () => registries.stop());

  const command = async (directory: string, ...argv: string[]): Promise<ProcessResult> =>
    runProcess(['-C', directory, ...argv, '--json'], {
      env: {
        ...MACHINE,
        ...registryEnvironment(registries, 'acme/unused'),
        GITHUB_TOKEN: registries.git.token,
      },
    });

  /** Writes the definition for these registries. */
  const initialized = async (layout: Layout): Promise<string> => {
    const repository = layout.name;
    const origin = `https://github.com/acme/${repository}.git`;
    const directory = await createLayout(layout, origin, async (folder) => {
      if (layout.lock !== undefined) await run(layout.lock, folder);
    });
    const bare = registries.git.path(`acme/${repository}`);
    runGit(directory, ['push', '--quiet', '--force', '--tags', bare, 'main']);
    const { npm, python } = registries;
    const flags = layout.publishes.flatMap((name) => [
      ...(name.startsWith('npm:') ? ['--npm-registry', npm.url] : []),
      ...(name.startsWith('pypi:')
        ? ['--pypi-upload-url', python.uploadUrl, '--pypi-simple-url', python.simpleUrl]
        : []),
    ]);
    const goes = layout.publishes.some((name) => name.startsWith('go:'));
    const argv = ['init', '--yes', ...flags, ...(goes ? ['--offline'] : [])];
    const { code, stdout, stderr } = await command(directory, ...argv);
    expect(code, stderr + stdout).toBe(0);
    const { plan, planned, problems } = JSON.parse(stdout);
    expect(problems).toEqual([]);
    const names = goes ? planned : plan;
    expect(names, stdout).toMatchObject({ problems: [] });
    expect(names.artifacts).toHaveLength(layout.publishes.length);
    // Modules in place are asked for at their repository's own host, which is github.com.
    if (goes) await setRemote(directory, `${registries.git.url}/acme/${repository}.git`);
    if (!layout.file.endsWith('.json')) await installOurPackages(directory);
    runGit(directory, ['add', '--all']);
    runGit(directory, ['commit', '--quiet', '--message', 'Publish packages']);
    runGit(directory, ['push', '--quiet', bare, 'main']);
    return directory;
  };

  test.each(LAYOUTS)(
    '$name: init ends with a plan, and plan reads the written file',
    async (layout) => {
      const directory = await initialized(layout);
      const { code, stdout, stderr } = await command(directory, 'plan');
      expect(code, stderr + stdout).toBe(0);
      expect(JSON.parse(stdout).artifacts).toHaveLength(layout.publishes.length);
    },
  );

  for (const layout of LAYOUTS.filter(({ builds }) => builds !== undefined))
    needs(...(layout.builds ?? []))(`${layout.name} builds`, () => {
      test('publish of a dev build', async () => {
        const directory = await initialized(layout);
        const { code, stdout, stderr } = await command(directory, 'publish');
        expect(code, stderr + stdout).toBe(0);
        const { artifacts, release } = JSON.parse(stdout);
        expect(release.channel).toBe('dev');
        expect(artifacts).toHaveLength(layout.publishes.length);
        for (const { state } of artifacts) expect(state).toMatch(/^(?:identical|same-source)$/);
      });
    });
});
