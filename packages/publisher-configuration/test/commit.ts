import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createProcesses, createWorkspace, openRepository } from '@ameide/publisher-kit';
import { type BundleFile, InvalidInputError, type SourceTree } from '@ameide/versioning-core';
import { onTestFinished } from 'vitest';
import { type ConfigurationOptions, configuration } from '../src/index.ts';

export const DIRECTORY = 'packages/configuration';

/** What is committed: text, bytes, or a symbolic link. */
export type Content = string | Buffer | { readonly link: string };

const IDENTITY = Object.fromEntries(
  ['AUTHOR', 'COMMITTER'].flatMap((who) => [
    [`GIT_${who}_NAME`, 'Ada Example'],
    [`GIT_${who}_EMAIL`, 'ada@example.org'],
    [`GIT_${who}_DATE`, '1763047931 +0000'],
  ]),
) as Readonly<Record<string, string>>;

/**
 * A real commit with these files below `DIRECTORY`. `git` runs before it is made, to put into the
 * index what no folder can hold.
 */
export async function commitOf(
  files: Readonly<Record<string, Content>>,
  ...git: readonly (readonly string[])[]
): Promise<SourceTree> {
  const workspace = await createWorkspace();
  onTestFinished(async () => workspace.dispose());
  const { directory } = workspace;
  const run = async (...args: readonly string[]): Promise<void> => {
    const result = await createProcesses().run({
      argv: ['git', ...args],
      cwd: directory,
      env: IDENTITY,
    });
    if (!result.ok) throw new Error(`${result.summary}\n${result.stderrText}`);
  };
  await run('init', '--quiet', '--template=', '--initial-branch=main');
  await writeFile(join(directory, 'unrelated.txt'), '');
  for (const [path, content] of Object.entries(files)) {
    const file = join(directory, DIRECTORY, path);
    await mkdir(dirname(file), { recursive: true });
    if (typeof content === 'string' || Buffer.isBuffer(content)) await writeFile(file, content);
    else await symlink(content.link, file);
  }
  await run('-c', 'core.autocrlf=false', 'add', '--all', '--force');
  for (const args of git) await run(...args);
  await run('commit', '--quiet', '--message', 'x');
  const repository = await openRepository(directory);
  onTestFinished(async () => repository.close());
  return repository.source(await repository.resolve('main'));
}

/** What a carrier is given: the bundle's files with its index, for version 1.2.3. */
export async function bundled(
  source: SourceTree,
  options: Partial<ConfigurationOptions> = {},
): Promise<readonly BundleFile[]> {
  const received: BundleFile[] = [];
  const [definition] = configuration({
    directory: DIRECTORY,
    carriers: [
      {
        label: 'none',
        async open(_source, bundle) {
          const result = await bundle.files(
            { version: '1.2.3', sha: source.sha },
            undefined as never,
          );
          if (result.value === undefined) throw new Error(result.problems[0].message);
          received.push(...result.value);
          return undefined as never;
        },
      },
    ],
    ...options,
  });
  await definition?.open(source);
  return received;
}

/** The message of the refusal, without what all of them begin with. */
export async function refusal(
  source: SourceTree,
  options: Partial<ConfigurationOptions> = {},
): Promise<string> {
  const error: unknown = await bundled(source, options).catch((thrown: unknown) => thrown);
  if (!(error instanceof InvalidInputError) || error.code !== 'configuration-invalid')
    throw new Error('not refused', { cause: error });
  return error.message.replace('directory: expected no fault in its files, found ', '');
}
