import { ArchiveError, checkBuiltFiles, cleanText } from '@ameide/publisher-kit';
import {
  failed,
  formatCoordinate,
  ok,
  type Problem,
  pathIn,
  problem,
  type Result,
} from '@ameide/versioning-core';
import { type Acceptance, fileFlaws } from '../acceptance/file-flaws.ts';
import type { Flaw } from '../acceptance/flaw.ts';
import { builtFlawProblems } from '../acceptance/problems.ts';
import { directReference, REFERENCE_HINT } from '../direct-references.ts';
import { readMetadata, suspectMembers } from '../distribution/archive.ts';
import { type DistributionFileName, parseFileName } from '../distribution/file-name.ts';
import { type CoreMetadata, metadataValue, sourceCommit } from '../distribution/metadata.ts';
import { isPublicPypi } from '../index-address.ts';
import { builtMembers } from '../member-problems.ts';
import type { PypiPlan } from '../plan.ts';
import { fileNamePart } from '../project/names.ts';
import { versionFiles } from '../project/version-file.ts';

/** A file in the build's output folder, with its content. */
export interface OutputFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** A distribution that matches the plan. */
export interface VerifiedFile extends OutputFile {
  readonly kind: DistributionFileName['kind'];
  readonly pythonTag: string;
  readonly metadata: CoreMetadata;
}

/** Files that may look like credentials, and the project's folder in the repository. */
export interface Allowed {
  readonly allow: readonly string[];
  readonly directory: string;
  /** Renders a description; without it only the certain flaws are found. */
  readonly render?: Acceptance['render'];
}

/** A file and its problems; without `file` if it cannot be read. */
interface CheckedFile {
  readonly file?: VerifiedFile;
  readonly flaws?: readonly Flaw[];
  readonly problems: readonly Problem[];
}

/**
 * Checks that there are the formats of the plan, named as PEP 625 and the wheel
 * specification demand, with our name, version and commit, without credentials, without requirements by
 * address, and with the members of its release, and that the index will accept each. Reports all
 * problems at once.
 */
export async function verifyOutput(
  plan: PypiPlan,
  files: readonly OutputFile[],
  allowed: Allowed = { allow: [], directory: '' },
): Promise<Result<readonly VerifiedFile[]>> {
  const checked: CheckedFile[] = [];
  for (const file of files) checked.push(await verifyFile(plan, file, allowed));
  const flaws = checked.flatMap(({ file, flaws: its = [] }) =>
    its.map((flaw) => ({ name: cleanText(file?.name ?? ''), flaw })),
  );
  const found = [
    ...checked.flatMap(({ problems }) => problems),
    ...builtFlawProblems(plan, flaws),
    ...wrongCount(plan, files),
  ];
  const [first, ...more] = distinct(found);
  if (first !== undefined) return failed(first, ...more);
  return ok(checked.flatMap(({ file }) => file ?? []));
}

async function verifyFile(
  plan: PypiPlan,
  file: OutputFile,
  allowed: Allowed,
): Promise<CheckedFile> {
  const name = cleanText(file.name);
  const parsed = planned(plan, file.name);
  if (parsed === undefined) {
    const expected = `${plan.sdist} and ${plan.wheelPrefix}….whl`;
    return {
      problems: [
        wrong(
          plan,
          `The build of ${plan.publisher} made ${name}, where ${expected} were expected.`,
        ),
      ],
    };
  }
  const { kind, pythonTag } = parsed;
  try {
    const metadata = await readMetadata(kind, file.bytes);
    const problems = [
      ...(await secrets(plan, kind, file.bytes, allowed)),
      ...references(plan, name, metadata),
      ...members(plan, name, metadata),
      ...wrongMetadata(plan, name, metadata),
    ];
    const verified = { ...file, kind, pythonTag, metadata };
    const { allow, render = async () => ({}) } = allowed;
    const rules = { isPypi: isPublicPypi(plan.registry), allow, render };
    return { file: verified, flaws: await fileFlaws(verified, rules), problems };
  } catch (error) {
    if (!(error instanceof ArchiveError)) throw error;
    return {
      problems: [
        wrong(plan, `The built ${name} of ${plan.publisher} cannot be read: ${error.message}.`),
      ],
    };
  }
}

/** Returns the parts of the file name; undefined for a file that is not in the plan. */
function planned(plan: PypiPlan, name: string): DistributionFileName | undefined {
  const parsed = parseFileName(name);
  const isNamed =
    parsed?.kind === 'sdist' ? name === plan.sdist : name.startsWith(plan.wheelPrefix);
  return isNamed ? parsed : undefined;
}

function wrongCount(plan: PypiPlan, files: readonly OutputFile[]): readonly Problem[] {
  const { formats, publisher } = plan;
  if (formats === undefined) return [];
  const kinds = new Set(files.map(({ name }) => parseFileName(name)?.kind));
  const missing = formats.filter((kind) => !kinds.has(kind));
  const others = (['sdist', 'wheel'] as const).filter(
    (kind) => kinds.has(kind) && !formats.includes(kind),
  );
  return [
    ...missing.map((kind) => wrong(plan, `There is no ${kind} of ${publisher}.`)),
    ...others.map((kind) =>
      wrong(plan, `There is a ${kind} of ${publisher}, which its formats leave out.`),
    ),
  ];
}

async function secrets(
  { publisher }: PypiPlan,
  kind: DistributionFileName['kind'],
  bytes: Uint8Array,
  { allow, directory }: Allowed,
): Promise<readonly Problem[]> {
  const entries = await suspectMembers(kind, bytes);
  if (kind === 'sdist') {
    const inRepository = entries
      .filter(({ path }) => !allow.includes(path))
      .map((entry) => ({ ...entry, path: pathIn(directory, entry.path) }));
    return checkBuiltFiles(publisher, inRepository, allow);
  }
  // A wheel contains a package without the folders above it.
  const isAllowed = (path: string): boolean =>
    path.includes('/') && allow.some((allowed) => allowed.endsWith(`/${path}`));
  return checkBuiltFiles(
    publisher,
    entries.filter(({ path }) => !isAllowed(path)),
    allow,
  );
}

function references(plan: PypiPlan, name: string, { fields }: CoreMetadata): readonly Problem[] {
  return fields.flatMap(([field, value]) => {
    const reason = field === 'requires-dist' ? directReference(value, plan.registry) : undefined;
    if (reason === undefined) return [];
    const message = `The built ${name} of ${plan.publisher} ${reason}.`;
    return [built(plan, 'pypi-direct-reference', message, REFERENCE_HINT)];
  });
}

function members(plan: PypiPlan, name: string, metadata: CoreMetadata): readonly Problem[] {
  return builtMembers(plan, metadata).map(({ hint, reason }) => {
    const message = `The built ${name} of ${plan.publisher} ${reason}.`;
    return built(plan, 'pypi-member-requirement', message, hint);
  });
}

function wrongMetadata(plan: PypiPlan, name: string, metadata: CoreMetadata): readonly Problem[] {
  const version = metadataValue(metadata, 'version');
  const source = sourceCommit(metadata);
  const its = `The built ${name} of ${plan.publisher}`;
  const isOurs = 'sha' in source && source.sha === plan.sha;
  const commit =
    'missing' in source
      ? `does not name its commit: ${source.missing}`
      : `names commit ${source.sha}, not ${plan.sha}`;
  const project = metadataValue(metadata, 'name');
  const isProject = fileNamePart(project ?? '') === fileNamePart(plan.projectName);
  const names = `contains the project ${cleanText(String(project))}, not ${plan.projectName}`;
  const says = `contains version ${cleanText(String(version))}, not ${plan.version}`;
  return [
    ...(isProject ? [] : [wrong(plan, `${its} ${names}.`)]),
    ...(version === plan.version ? [] : [wrong(plan, `${its} ${says}.`)]),
    ...(isOurs ? [] : [wrong(plan, `${its} ${commit}.`)]),
  ];
}

function wrong(plan: PypiPlan, message: string): Problem {
  return built(plan, 'pypi-build-output', message, outputHint(plan));
}

function outputHint(plan: PypiPlan): string {
  const { formats = [], isPrebuilt, sourceCommit, urlTable, version: wanted, versionSource } = plan;
  if (isPrebuilt)
    return `Build them with the version ${wanted}, which prepare finds in AMEIDE_PYPI_VERSION and "ameide-release version" prints, and with the project URL "Source Commit" = "${sourceCommit}".`;
  const metadata = urlTable === undefined ? 'setup.cfg' : 'pyproject.toml';
  const version =
    versionSource.kind === 'environment'
      ? `the variable ${versionSource.variables[0]}`
      : (versionFiles(versionSource)[0]?.path ?? metadata);
  const overridden = urlTable === undefined ? ': what setup.py passes to setup() overrides it' : '';
  return `The build must make ${made(formats)}, with name and URLs from ${metadata} and the version from ${version}, as the release set them${overridden}.`;
}

function made(formats: NonNullable<PypiPlan['formats']>): string {
  const names = { sdist: 'one sdist', wheel: 'at least one wheel' };
  return [...new Set(formats)].map((format) => names[format]).join(' and ');
}

function built({ coordinates }: PypiPlan, code: string, message: string, hint: string): Problem {
  const coordinate = coordinates[0] === undefined ? undefined : formatCoordinate(coordinates[0]);
  return problem({ code, kind: 'incomplete', message, rerun: 'after-fix', coordinate, hint });
}

/** Removes duplicates: several wheels may have the same file. */
function distinct(problems: readonly Problem[]): readonly Problem[] {
  return [...new Map(problems.map((one) => [`${one.code} ${one.message}`, one])).values()];
}
