import { createTestRepository, type FileContent, testStep } from '@ameide/publisher-kit/testing';
import type { Bundle, BundleFile, Problem, SourceTree } from '@ameide/versioning-core';
import { onTestFinished } from 'vitest';
import { type ConfigurationOptions, configuration } from '../src/index.ts';

export const DIRECTORY = 'packages/configuration';

/**
 * A real commit with these files below `DIRECTORY`. `git` runs before it is made, to put into the
 * index what no folder can hold.
 */
export async function commitOf(
  files: Readonly<Record<string, FileContent>>,
  ...git: readonly (readonly string[])[]
): Promise<SourceTree> {
  const repository = createTestRepository();
  onTestFinished(async () => repository[Symbol.asyncDispose]());
  repository.write('unrelated.txt', '');
  for (const [path, content] of Object.entries(files))
    repository.write(`${DIRECTORY}/${path}`, content);
  repository.git('add', '--all', '--force');
  for (const args of git) repository.git(...args);
  repository.commit({ add: false });
  const opened = await repository.open();
  return opened.source(await opened.resolve('main'));
}

/** What a carrier is given. */
async function bundleOf(
  source: SourceTree,
  options: Partial<ConfigurationOptions> = {},
): Promise<Bundle> {
  const given: Bundle[] = [];
  const carrier = {
    label: 'none',
    open: async (_source: SourceTree, bundle: Bundle) => (given.push(bundle), undefined as never),
  };
  const [definition] = configuration({ directory: DIRECTORY, carriers: [carrier], ...options });
  await definition?.open(source);
  const [bundle] = given;
  if (bundle === undefined) throw new Error('nothing was opened');
  return bundle;
}

/** The bundle's files with its index, for version 1.2.3. */
export async function bundled(
  source: SourceTree,
  options?: Partial<ConfigurationOptions>,
): Promise<readonly BundleFile[]> {
  const bundle = await bundleOf(source, options);
  const result = await bundle.files({ version: '1.2.3', sha: source.sha }, undefined as never);
  if (result.value === undefined) throw new Error(result.problems[0].message);
  return result.value;
}

/** What a carrier's `validate` reports, and `files` as well. */
export async function problemsOf(
  source: SourceTree,
  options?: Partial<ConfigurationOptions>,
): Promise<readonly Problem[]> {
  const bundle = await bundleOf(source, options);
  using step = testStep();
  const problems = (await bundle.validate?.('npm:@x/a', step)) ?? [];
  const { problems: onBuild = [] } = await bundle.files(
    { version: '1.2.3', sha: source.sha },
    undefined as never,
  );
  if (JSON.stringify(onBuild) !== JSON.stringify(problems))
    throw new Error('validate and files differ');
  return problems;
}

/** The notes that a carrier's `validate` emits. */
export async function notesOf(
  source: SourceTree,
  options?: Partial<ConfigurationOptions>,
): Promise<readonly string[]> {
  const bundle = await bundleOf(source, options);
  using step = testStep();
  await bundle.validate?.('npm:@x/a', step);
  return step.events.filter(({ isNote }) => isNote === true).map(({ message }) => message);
}

/** Their codes and messages. */
export async function refusals(
  source: SourceTree,
  options?: Partial<ConfigurationOptions>,
): Promise<readonly string[]> {
  return (await problemsOf(source, options)).map(({ code, message }) => `${code}: ${message}`);
}
