import {
  type Bundle,
  type BundleFile,
  failed,
  ok,
  type Problem,
  type PublisherId,
  problem,
  type SourceTree,
} from '@ameide/versioning-core';
import { INDEX_NAME, indexOf } from './bundle-index.ts';
import type { Folder } from './folder.ts';
import type { ConfigurationOptions } from './options.ts';
import { type Checked, checkFolder } from './validate.ts';

/**
 * Makes a bundle of a folder's files, with their index. The files are the commit's own bytes:
 * `prepare` changes only the run's checkout, so it cannot affect them. They are read and checked
 * once for all carriers.
 */
export function createBundle(
  source: SourceTree,
  folder: Folder,
  options: ConfigurationOptions,
): Bundle {
  const { allow = [], description, directory } = options;
  const { name = directory.slice(directory.lastIndexOf('/') + 1) } = options;
  let checked: Promise<Checked> | undefined;
  const check = async (): Promise<Checked> => (checked ??= checkFolder(source, folder, options));
  let reporter: PublisherId | undefined;
  return {
    name,
    ...(description === undefined ? {} : { description }),
    directory,
    allow,
    paths: [...folder.paths, INDEX_NAME],
    async validate(publisher, step) {
      reporter ??= publisher;
      const { notes, problems } = await check();
      if (reporter === publisher)
        for (const message of notes) step.emit({ publisher, message, isNote: true });
      return problems.length === 0 || reporter === publisher
        ? problems
        : [reportedBy(reporter, publisher, directory)];
    },
    async files({ version, sha }) {
      const { files, problems } = await check();
      const [first, ...more] = problems;
      if (first !== undefined) return failed(first, ...more);
      return ok([...files, indexFile({ name, version, sha }, files)]);
    },
  };
}

function indexFile(
  bundle: { readonly name: string; readonly version: string; readonly sha: string },
  files: readonly BundleFile[],
): BundleFile {
  const index = `${JSON.stringify(indexOf(bundle, files), null, 2)}\n`;
  return { path: INDEX_NAME, content: new TextEncoder().encode(index) };
}

function reportedBy(reporter: PublisherId, publisher: PublisherId, directory: string): Problem {
  return problem({
    code: 'configuration-refused',
    kind: 'input',
    message: `${publisher} would publish the same files as ${reporter}, which reports what is wrong with them.`,
    hint: `Correct the problems of ${reporter}.`,
    path: directory,
  });
}
