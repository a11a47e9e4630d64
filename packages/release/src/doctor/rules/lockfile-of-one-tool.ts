import { pathIn } from '@ameide/versioning-core';
import type { PackageFacts } from '../facts.ts';
import type { Finding, Rule } from '../finding.ts';
import { NPM_LOCKFILES, npmRoots } from '../lockfiles/npm-locks.ts';

const NAME = 'lockfile-of-one-tool';

export const LOCKFILE_OF_ONE_TOOL: Rule<PackageFacts> = {
  name: NAME,
  title: 'A folder has one lockfile, and the packages of a workspace have none of their own.',
  why: 'Only one of them is used, and it depends on the tool and the folder which one: the other goes stale, and whoever installs from it gets other versions.',
  async find(facts) {
    return [...(await ofNpm(facts)), ...ofPython(facts)];
  },
};

async function ofNpm(facts: PackageFacts): Promise<readonly Finding[]> {
  const roots = await npmRoots(facts);
  return roots.flatMap(({ directory, lockfiles, manager, projects }) => {
    const others = lockfiles.filter((name) => NPM_LOCKFILES[name] !== manager);
    const used = lockfiles.find((name) => NPM_LOCKFILES[name] === manager);
    const beside = used === undefined ? others.slice(1) : others;
    const nested = projects
      .filter((one) => one.directory !== directory)
      .flatMap((one) => Object.keys(NPM_LOCKFILES).map((name) => pathIn(one.directory, name)))
      .filter((path) => facts.reader.has(path));
    return [
      ...beside.map((name) =>
        second(pathIn(directory, name), pathIn(directory, used ?? others[0] ?? '')),
      ),
      ...nested.map(
        (path): Finding => ({
          rule: NAME,
          message: `The folder is a package of the workspace in ${directory === '' ? 'the root' : directory}, whose lockfile decides its versions.`,
          hint: `Delete ${path}.`,
          path,
        }),
      ),
    ];
  });
}

const PYTHON = ['uv.lock', 'poetry.lock', 'pdm.lock', 'Pipfile.lock'];

function ofPython({ reader }: PackageFacts): readonly Finding[] {
  const folders = new Set(
    reader.paths
      .filter((path) => PYTHON.some((name) => path === name || path.endsWith(`/${name}`)))
      .map((path) => path.slice(0, Math.max(0, path.lastIndexOf('/')))),
  );
  return [...folders].flatMap((folder) => {
    const [first = '', ...others] = PYTHON.map((name) => pathIn(folder, name)).filter(reader.has);
    return others.map((path) => second(path, first));
  });
}

function second(path: string, used: string): Finding {
  return {
    rule: NAME,
    message: `${used} locks the same packages.`,
    hint: `Delete the one that nobody installs from: ${path}, or ${used}.`,
    path,
  };
}
