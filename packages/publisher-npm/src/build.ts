import {
  type ArchiveEntry,
  allowOption,
  checkBuiltFiles,
  isArchivePath,
} from '@ameide/publisher-kit';
import {
  failed,
  type Problem,
  type ProblemInput,
  problem,
  type Result,
  type Step,
} from '@ameide/versioning-core';
import { formatNpm } from './manifest/name.ts';
import { LARGEST_TARBALL } from './options.ts';
import { listedEntries, missingFiles } from './pack/entry-points.ts';
import type { Packed, Packer } from './pack/packer.ts';
import { writeTarball } from './pack/tarball.ts';
import type { NpmBuilt, NpmPlan } from './plan.ts';
import {
  collisionProblems,
  listPaths,
  manifestProblems,
  repositoryPath,
  scriptsNotRun,
} from './problems.ts';

/**
 * Builds the package and packs it into `<workspace>/<name>-<version>.tgz`. If the built package
 * must not be published, reports all reasons.
 */
export async function buildPackage(
  packer: Packer,
  allow: readonly string[],
  plan: NpmPlan,
  step: Step,
): Promise<Result<NpmBuilt>> {
  step.signal.throwIfAborted();
  const packed = await packer.pack(plan, step);
  if (packed.value === undefined) return packed;
  const [first, ...more] = await builtProblems(packer, allow, plan, packed.value);
  if (first !== undefined) return failed(first, ...more);
  step.signal.throwIfAborted();
  const built = await writeTarball(packed.value, plan, step);
  const tooLarge = built.value?.artifacts.flatMap(({ size }) => sizeProblem(plan, size) ?? []);
  return tooLarge?.[0] === undefined ? built : failed(tooLarge[0]);
}

/** `size` is the tarball's, in bytes. */
export function sizeProblem(plan: NpmPlan, size: number): Problem | undefined {
  if (size <= LARGEST_TARBALL) return undefined;
  const coordinate = formatNpm(plan);
  return builtProblem({
    code: 'npm-package-too-large',
    message: `${coordinate} has ${Math.ceil(size / 2 ** 20)} MiB packed; npm clients can send ${Math.floor(LARGEST_TARBALL / 2 ** 20)} MiB.`,
    hint: 'Leave large files out of the package, by "files" in package.json, and let it fetch them when it is installed.',
    coordinate,
  });
}

async function builtProblems(
  packer: Packer,
  allow: readonly string[],
  plan: NpmPlan,
  packed: Packed,
): Promise<readonly Problem[]> {
  const { generated = [] } = packer;
  const inRepository = packed.files
    .filter(({ path }) => !generated.includes(path))
    .map((file) => ({ ...file, path: repositoryPath(packer, file.path) }));
  return [
    ...(await manifestProblems(plan, packed.manifest, 'incomplete')),
    ...checkBuiltFiles(plan.publisher, inRepository, allow),
    ...unusableNames(packer, allow, packed.files, plan),
    ...missing(packer, allow, plan, packed),
  ];
}

/**
 * Reports names that a tar archive cannot hold, or that another system confuses with one another.
 */
function unusableNames(
  packer: Packer,
  allow: readonly string[],
  files: readonly ArchiveEntry[],
  plan: NpmPlan,
): readonly Problem[] {
  const coordinate = formatNpm(plan);
  const paths = files.map(({ path }) => path);
  const names = paths.filter(
    (path) => !isArchivePath(path, !allow.includes(repositoryPath(packer, path))),
  );
  if (names.length > 0) {
    const message = `${coordinate} would contain names that archives and other systems cannot hold: ${listPaths(names)}.`;
    const hint =
      'Let the build write other names, without backslashes and control characters; or allow each by its exact path in the repository.';
    return [builtProblem({ code: 'file-name', message, hint, coordinate })];
  }
  return collisionProblems(coordinate, ['package.json', ...paths], {
    kind: 'incomplete',
    rerun: 'after-fix',
    coordinate,
  });
}

function missing(
  packer: Packer,
  allow: readonly string[],
  plan: NpmPlan,
  { files, manifest }: Packed,
): readonly Problem[] {
  const { program, skippedScripts = [] } = packer;
  const paths = files.map((file) => file.path);
  const { matched, unmatched } = listedEntries(manifest, paths);
  // Missing files that "files" lists are a problem only if all are missing, or if a script that we do
  // not run might have made them.
  const isUnbuilt = matched.length === 0 || skippedScripts.length > 0;
  const named = new Set([...missingFiles(manifest, paths), ...(isUnbuilt ? unmatched : [])]);
  const absent = [...named].filter((path) => !allow.includes(repositoryPath(packer, path)));
  if (absent.length === 0) return [];
  const scripts = skippedScripts.length === 0 ? '' : ` (${scriptsNotRun(skippedScripts)})`;
  const build =
    program === undefined
      ? `Let the option build, or the release's prepare, make what is missing${scripts}`
      : `Check that the option build (${program} …) makes what is missing`;
  const allowed = allowOption(...absent.map((path) => repositoryPath(packer, path)));
  return [
    builtProblem({
      code: 'npm-missing-file',
      message: `${formatNpm(plan)} names files that would not be in the package: ${listPaths(absent)}.`,
      hint: `${build}; or commit the files, because the checkout has only committed ones; or correct "files" and the paths (exports, bin, main, module, types) in package.json (a link is never packed). To publish the package without them: ${allowed}.`,
      coordinate: formatNpm(plan),
    }),
  ];
}

/** A problem that only the built files show, before anything is sent. */
function builtProblem(about: Omit<ProblemInput, 'kind'>): Problem {
  return problem({ ...about, kind: 'incomplete', rerun: 'after-fix' });
}
