import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createDemoRepository, type DemoRepository } from '../demo/repository.ts';
import { type RunResult, runCommand } from './runs.ts';
import { type SecretReport, watchSecrets } from './secrets.ts';
import { type Snapshot, takeSnapshot } from './snapshot.ts';
import { type Step, stepsOf } from './steps.ts';
import { openWorld, type World } from './world.ts';

/** `other` is another commit of the same version as `release`: nothing disturbs its run. */
export type ScenarioName = 'release' | 'dev' | 'next' | 'next-dev' | 'other';

export const SCENARIO_TITLES = {
  release: 'the first release, on empty registries',
  dev: 'a dev build, on empty registries',
  next: 'a release after another',
  'next-dev': 'a dev build after another',
} as const satisfies Partial<Record<ScenarioName, string>>;

/** One release to disturb, and what it leaves when nothing does. */
export interface Scenario {
  readonly name: ScenarioName;
  /** The clone. */
  readonly directory: string;
  readonly builds: string;
  /** The folder of what the registries hold before; absent if they are empty. */
  readonly base?: string;
  readonly before: Snapshot;
  readonly clean: Snapshot;
  readonly steps: readonly Step[];
  readonly secrets: SecretReport;
}

/**
 * Publishes each scenario once, by the real command with its real builds, and keeps those builds,
 * the steps and the result in `folder`. What is there already is read.
 */
export async function prepare(
  root: string,
  folder: string,
  names: readonly ScenarioName[],
  environment: Readonly<Record<string, string>> = {},
): Promise<readonly Scenario[]> {
  const scenarios: Scenario[] = [];
  for (const name of names) {
    const file = join(folder, name, 'scenario.json');
    if (!existsSync(file)) await prepareOne(root, folder, name, environment);
    scenarios.push(JSON.parse(await readFile(file, 'utf8')) as Scenario);
  }
  return scenarios;
}

async function prepareOne(
  root: string,
  folder: string,
  name: ScenarioName,
  environment: Readonly<Record<string, string>>,
): Promise<void> {
  const [home, builds] = [join(folder, name), join(folder, 'builds')];
  await rm(home, { recursive: true, force: true });
  await mkdir(builds, { recursive: true });
  const repository = await createDemoRepository(root, home);
  const base = name.startsWith('next') ? join(home, 'base') : undefined;
  const isRelease = !name.endsWith('dev');
  await firstCommit(repository, name === 'other');
  if (isRelease) await repository.tag('v0.1.0');
  const input = { directory: repository.directory, builds };
  if (base !== undefined) {
    await using world = await openWorld();
    await publish({ ...input, world }, environment);
    await world.registries.stop();
    await cp(world.stored, base, { recursive: true });
    await secondCommit(repository, isRelease);
  }
  await using world = await openWorld(base);
  const before = await takeSnapshot(world.registries);
  const secrets = await watchSecrets(world, () => publish({ ...input, world }, environment));
  const scenario: Scenario = {
    name,
    ...input,
    ...(base === undefined ? {} : { base }),
    before,
    clean: await takeSnapshot(world.registries),
    steps: stepsOf(world.log),
    secrets,
  };
  await writeFile(join(home, 'half.json'), JSON.stringify(scenario, null, 2));
  await rename(join(home, 'half.json'), join(home, 'scenario.json'));
}

async function publish(
  input: { readonly world: World; readonly directory: string; readonly builds: string },
  environment: Readonly<Record<string, string>>,
): Promise<RunResult> {
  input.world.begin();
  const result = await runCommand(input, { env: { ...environment, FAULTS_PREPARE: '1' } });
  if (result.exitCode === 0) return result;
  const why = result.report?.problems.map(({ message }) => message).join('\n') ?? result.output;
  throw new Error(`a clean run ended with ${result.exitCode}\n${why}`);
}

async function firstCommit(repository: DemoRepository, isOther: boolean): Promise<void> {
  if (isOther) await changeAll(repository);
  await repository.commit('The first commit of Ameide', '2025-11-13T14:00:00+00:00');
}

async function secondCommit(repository: DemoRepository, isRelease: boolean): Promise<void> {
  if (isRelease) await repository.raiseBase('0.2.0');
  await changeAll(repository);
  await repository.commit('The second commit', '2025-11-14T09:05:00+00:00');
  if (isRelease) await repository.tag('v0.2.0');
}

/** Gives every artifact other bytes. */
async function changeAll(repository: DemoRepository): Promise<void> {
  await repository.change('packages/ameide_configuration/configuration.yaml', 'locale: en');
  for (const name of ['go/client.go', 'python/README.md', 'ts/README.md'])
    await repository.change(`packages/ameide_sdk_${name}`, '\n');
}
