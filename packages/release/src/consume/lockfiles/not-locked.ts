import { type LockedPackage, readLockfiles } from '@ameide/source-files/lockfiles';
import { type Problem, problem, type SourceFiles } from '@ameide/versioning-core';
import satisfies from 'semver/functions/satisfies.js';
import type { ConsumeChange, PlannedFile } from '../planned-file.ts';
import type { LockJob } from './lock-job.ts';

/** What a tool did not lock as asked, although it succeeded: something else may ask for another version. */
export async function notLocked(
  { outputs: [output = ''] }: LockJob,
  changes: readonly ConsumeChange[],
  tree: SourceFiles,
  files: ReadonlyMap<string, PlannedFile>,
): Promise<readonly Problem[]> {
  const changed: SourceFiles = {
    ...tree,
    readText: async (path) => files.get(path)?.text ?? tree.readText(path),
  };
  const { lockfiles, problems } = await readLockfiles(changed, (path) => path === output);
  const locked = lockfiles.flatMap((one) =>
    one.projects.flatMap((project) => one.packagesOf(project)),
  );
  const missing = changes.filter((change) => isMeant(change) && !isLocked(change, locked));
  return [...problems, ...missing.map((one) => otherVersion(output, one, locked))];
}

/** Peers and overrides need not be installed at all. */
function isMeant({ field }: ConsumeChange): boolean {
  return !/^(?:peer|overrides|resolutions|pnpm)|constraint|override/.test(field);
}

function isLocked({ name, to }: ConsumeChange, locked: readonly LockedPackage[]): boolean {
  const [, caret, version = to] = /^(?:.*@|workspace:|==)?(\^?)(.*)$/.exec(to) ?? [];
  return locked.some(
    (one) =>
      one.name === name &&
      (one.source === 'workspace' ||
        one.version === version ||
        (caret === '^' && satisfies(one.version, `^${version}`))),
  );
}

function otherVersion(
  path: string,
  { name, to }: ConsumeChange,
  locked: readonly LockedPackage[],
): Problem {
  const found = new Set(locked.filter((one) => one.name === name).map(({ version }) => version));
  return problem({
    code: 'consume-lockfile-differs',
    kind: 'incomplete',
    message: `${path} does not have ${name} ${to}${found.size === 0 ? '' : `, but ${[...found].join(', ')}`}.`,
    hint: 'Something else asks for another version of it: an override, a constraint, or another package.',
    path,
    rerun: 'after-fix',
  });
}
