import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Meter } from './meter.ts';

/**
 * Builds, bundles and packs the packages, and installs the tarballs into `folder` as a user would. Resolves to
 * the path of the command.
 */
export async function installPackages(
  root: string,
  folder: string,
  run: Meter['run'],
): Promise<string> {
  await run(['tsc', '-b', ...(await published(root)).map((name) => join('packages', name))], {
    cwd: root,
  });
  await run(['node', 'scripts/bundle.ts'], { cwd: root });
  const tarballs: string[] = [];
  for (const name of await published(root)) {
    const file = join(folder, `${name}.tgz`);
    await run(['pnpm', 'pack', '--out', file], { cwd: join(root, 'packages', name) });
    tarballs.push(file);
  }
  const installed = join(folder, 'installed');
  await mkdir(installed);
  await writeFile(join(installed, 'package.json'), '{ "private": true }\n');
  await run(['npm', 'install', '--ignore-scripts', '--no-audit', '--no-fund', ...tarballs], {
    cwd: installed,
  });
  return join(installed, 'node_modules/.bin/ameide-release');
}

async function published(root: string): Promise<readonly string[]> {
  const names: string[] = [];
  for (const name of await readdir(join(root, 'packages'))) {
    const manifest = JSON.parse(
      await readFile(join(root, 'packages', name, 'package.json'), 'utf8'),
    ) as { readonly private?: boolean };
    if (manifest.private !== true) names.push(name);
  }
  return names;
}
