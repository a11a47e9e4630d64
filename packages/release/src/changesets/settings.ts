import { readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { validateConfig } from '@changesets/config';
import { getDependentsGraph } from '@changesets/get-dependents-graph';
import { readPreState } from '@changesets/pre';
import { shouldSkipPackage } from '@changesets/should-skip-package';
import { isAbsent, refuse, settingsProblem } from './problems.ts';
import { quietly } from './quietly.ts';
import type { Workspace } from './workspace.ts';

export type Settings = NonNullable<ReturnType<typeof validateConfig>['config']>;
type PreState = Awaited<ReturnType<typeof readPreState>>;

const INIT =
  'Run `changeset init` in the root of the workspace and commit .changeset, or take another afterRelease.';

/** Reads .changeset/config.json. Throws `InvalidInputError`, code `changesets-settings`. */
export async function readSettings(root: string, workspace: Workspace): Promise<Settings> {
  const file = join(workspace.rootDir, '.changeset/config.json');
  const field = relative(root, file);
  const { config, errors } = await refuse(
    root,
    async () => {
      const json: unknown = JSON.parse(await readFile(file, 'utf8'));
      return quietly(() => validateConfig(json, workspace));
    },
    (reason, error) =>
      isAbsent(error)
        ? settingsProblem(field, 'the settings of changesets: the commit has no such file', INIT)
        : settingsProblem(field, `settings that changesets accept; ${reason}`),
  );
  const wrong = errors ?? skippedDependencies(workspace, config);
  if (config !== undefined && wrong.length === 0) return config;
  throw settingsProblem(field, `settings that changesets accept; ${wrong.join('; ')}`);
}

/** Repeats a check of `changeset version` that is stricter than the one of its settings. */
function skippedDependencies(workspace: Workspace, settings: Settings): readonly string[] {
  const { bumpVersionsWithWorkspaceProtocolOnly = false } = settings;
  const options = { ignoreDevDependencies: true, bumpVersionsWithWorkspaceProtocolOnly };
  const dependents = quietly(() => getDependentsGraph(workspace, options));
  const { packages } = workspace;
  const isReleased = (name: string): boolean =>
    packages.some(
      (one) =>
        one.packageJson.name === name && !one.packageJson.private && !isSkipped(one, settings),
    );
  return packages
    .filter((one) => isSkipped(one, settings))
    .flatMap(({ packageJson: { name } }) =>
      (dependents.get(name) ?? [])
        .filter(isReleased)
        .map((dependent) => `${dependent} depends on ${name}, which is skipped`),
    );
}

/** True if changesets leave the package alone, whatever is pending. */
export function isSkipped(
  one: Workspace['packages'][number],
  { ignore, privatePackages }: Settings,
): boolean {
  return shouldSkipPackage(one, { ignore, allowPrivatePackages: privatePackages.version });
}

/** Reads .changeset/pre.json, if there is one. Throws `InvalidInputError`, code `changesets-settings`. */
export async function readPre(root: string, rootDir: string): Promise<PreState> {
  const file = join(rootDir, '.changeset/pre.json');
  const text = await readFile(file, 'utf8').catch((error: Error) => {
    if (!isAbsent(error)) throw error;
  });
  if (text === undefined) return undefined;
  return refuse(
    root,
    () => {
      // Parsed here first, because changesets would print a file that is not JSON.
      JSON.parse(text);
      return readPreState(rootDir);
    },
    (reason) => settingsProblem(relative(root, file), `JSON; ${reason}`),
  );
}
