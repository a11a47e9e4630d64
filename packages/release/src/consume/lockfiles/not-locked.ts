import { posix } from 'node:path';
import { dependenciesOf } from '@ameide/source-files/dependencies';
import { type LockedPackage, type Lockfile, readLockfiles } from '@ameide/source-files/lockfiles';
import { folderOf, type Problem, pathIn, problem, type SourceFiles } from '@ameide/versioning-core';
import satisfies from 'semver/functions/satisfies.js';
import { isCatalog } from '../catalogs-in-use.ts';
import type { ConsumeChange } from '../planned-file.ts';
import type { AskedPlaces } from './asked-places.ts';
import type { LockJob, LockKind } from './lock-job.ts';
import { isNoted } from './noted.ts';

/** What a lockfile says about a place that asks for a version. */
interface Verdict {
  readonly output: string;
  readonly place: ConsumeChange;
  /** `elsewhere`: the lockfile is not that of the place's project, and has no other version. */
  readonly state: 'locked' | 'differs' | 'elsewhere';
  /** The versions that it has. */
  readonly found: readonly string[];
}

type Asked = ReadonlyMap<string, AskedPlaces>;

/** Finds the lockfiles that do not have what their manifests ask for, or that cannot be read. */
export async function staleJobs(
  jobs: readonly LockJob[],
  asked: Asked,
  files: SourceFiles,
): Promise<readonly LockJob[]> {
  const judged = await judgeAll(jobs, asked, files);
  const uncovered = uncoveredOf(judged.flatMap(({ verdicts }) => verdicts));
  const follows = await Promise.all(
    jobs.map(async (job) => {
      const isAll = await Promise.all([isSummed(job, asked, files), areNoted(job, asked, files)]);
      return isAll.every(Boolean);
    }),
  );
  return judged.flatMap(({ job, problems, verdicts }, index) => {
    const isStale =
      problems.length > 0 ||
      follows[index] === false ||
      verdicts.some((one) => one.state === 'differs' || uncovered.has(one.place));
    return isStale ? [job] : [];
  });
}

/** What tools did not lock as asked, although they succeeded: something else may ask for another version. */
export async function notLocked(
  jobs: readonly LockJob[],
  asked: Asked,
  files: SourceFiles,
): Promise<readonly Problem[]> {
  const judged = await judgeAll(jobs, asked, files);
  const verdicts = judged.flatMap((one) => one.verdicts);
  const uncovered = uncoveredOf(verdicts);
  return [
    ...judged.flatMap(({ problems }) => problems),
    ...verdicts
      .filter(({ place, state }) => state === 'differs' || uncovered.delete(place))
      .map(otherVersion),
  ];
}

/** The places that no lockfile has, although some belong to their manifest. */
function uncoveredOf(verdicts: readonly Verdict[]): Set<ConsumeChange> {
  const places = Map.groupBy(verdicts, ({ place }) => place);
  return new Set(
    [...places].flatMap(([place, all]) =>
      all.every(({ state }) => state === 'elsewhere') ? [place] : [],
    ),
  );
}

interface Judged {
  readonly job: LockJob;
  readonly verdicts: readonly Verdict[];
  readonly problems: readonly Problem[];
}

async function judgeAll(
  jobs: readonly LockJob[],
  asked: Asked,
  files: SourceFiles,
): Promise<readonly Judged[]> {
  return Promise.all(
    jobs.map(async (job) => {
      const [output = ''] = job.outputs;
      const { lockfiles, problems } = await readLockfiles(files, (path) => path === output);
      const [lockfile] = lockfiles;
      const verdicts: Verdict[] = [];
      for (const manifest of lockfile === undefined ? [] : job.manifests)
        for (const place of asked.get(manifest)?.places ?? [])
          if (lockfile !== undefined && isMeant(job.kind, place))
            verdicts.push(await judge({ lockfile, manifest, output, place }, files));
      return { job, verdicts, problems };
    }),
  );
}

/** The fields whose packages a lockfile of Python has. Others are for builds and tools. */
const FIELDS: Readonly<Partial<Record<LockKind, RegExp>>> = {
  uv: /^(?:project\.|dependency-groups\.|tool\.uv\.dev-dependencies)/,
  poetry: /^(?:project\.|dependency-groups\.|tool\.poetry\.)/,
  pdm: /^(?:project\.|dependency-groups\.|tool\.pdm\.)/,
};

/** Peers and overrides need not be installed at all. */
function isMeant(kind: LockKind, { field }: ConsumeChange): boolean {
  return FIELDS[kind]?.test(field) ?? !/^(?:peer|overrides|resolutions|pnpm)/.test(field);
}

interface Judgement {
  readonly lockfile: Lockfile;
  readonly manifest: string;
  readonly output: string;
  readonly place: ConsumeChange;
}

async function judge(
  { lockfile, manifest, output, place }: Judgement,
  files: SourceFiles,
): Promise<Verdict> {
  const { projects } = lockfile;
  const folder = folderOf(manifest);
  // Every project of a workspace may use its catalog.
  const isProject = projects.includes(folder) && !isCatalog(place.field);
  const own = isProject ? [folder] : projects;
  const packages = own
    .flatMap((project) => lockfile.packagesOf(project))
    .filter(({ name }) => name === place.name);
  const found = [...new Set(packages.map(({ version }) => version))];
  const one = { output, place, found };
  if (isLocked(place, packages)) return { ...one, state: 'locked' };
  if (found.length > 0) return { ...one, state: 'differs' };
  if (!isProject) return { ...one, state: 'elsewhere' };
  // A tool leaves out what no environment of the project needs.
  return { ...one, state: (await isConditional(place, files)) ? 'locked' : 'differs' };
}

async function isConditional(
  { field, line, name, path }: ConsumeChange,
  files: SourceFiles,
): Promise<boolean> {
  const all = dependenciesOf(path, (await files.readText(path)) ?? '');
  return all.some(
    (one) =>
      one.isConditional === true &&
      one.name === name &&
      one.field === field &&
      one.place.line === line,
  );
}

function isLocked({ to }: ConsumeChange, locked: readonly LockedPackage[]): boolean {
  const [, caret, version = to] = /^(?:.*@|workspace:|==)?(\^?)(.*)$/.exec(to) ?? [];
  return locked.some(
    (one) =>
      one.source === 'workspace' ||
      one.version === version ||
      (caret === '^' && satisfies(one.version, `^${version}`)),
  );
}

async function areNoted(
  { folder, kind, manifests, outputs: [output = ''] }: LockJob,
  asked: Asked,
  files: SourceFiles,
): Promise<boolean> {
  const text = (await files.readText(output)) ?? '';
  return manifests.every((manifest) => {
    const project = posix.relative(folder, folderOf(manifest));
    const places = asked.get(manifest)?.places ?? [];
    return places.every((place) => isNoted({ kind, text, project }, place));
  });
}

/** Whether the files beside a go.mod follow it: go.sum, and, if dependencies are vendored, their list. */
async function isSummed(job: LockJob, asked: Asked, files: SourceFiles): Promise<boolean> {
  if (job.kind !== 'go') return true;
  const places = job.manifests.flatMap((one) => asked.get(one)?.places ?? []);
  const sum = await files.readText(pathIn(job.folder, 'go.sum'));
  const vendored = await files.readText(pathIn(job.folder, 'vendor/modules.txt'));
  const has = (text: string | undefined, line: string): boolean =>
    text?.split(/\r?\n/).some((one) => one.startsWith(line)) === true;
  return places.every(
    ({ name, to }) =>
      has(sum, `${name} ${to} h1:`) &&
      has(sum, `${name} ${to}/go.mod h1:`) &&
      (vendored === undefined || has(vendored, `# ${name} ${to}`)),
  );
}

function otherVersion({ found, output, place: { name, to } }: Verdict): Problem {
  return problem({
    code: 'consume-lockfile-differs',
    kind: 'incomplete',
    message: `${output} does not have ${name} ${to}${found.length === 0 ? '' : `, but ${found.join(', ')}`}.`,
    hint: 'Something else asks for another version of it: an override, a constraint, or another package. Or no tool uses this lockfile any more: then delete it.',
    path: output,
    rerun: 'after-fix',
  });
}
