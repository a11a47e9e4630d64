import {
  type Dependency,
  type DependencyChange,
  editDependencies,
  readDependencies,
} from '@ameide/source-files/dependencies';
import { parseImageReference } from '@ameide/source-files/image';
import { applyEdits } from '@ameide/source-files/text';
import { type Problem, problem, type SourceFiles } from '@ameide/versioning-core';
import { catalogsInUse } from './catalogs-in-use.ts';
import { decide } from './decide.ts';
import { createFacts, type Facts } from './facts.ts';
import type { ImageCommits } from './image-commits.ts';
import { type ConsumeChange, type KeptPlace, type PlannedFile, placeOf } from './planned-file.ts';
import type { ReleasedArtifact } from './released.ts';
import { unreadFiles } from './unread.ts';

export interface PlanQuestion {
  readonly files: SourceFiles;
  readonly artifacts: readonly ReleasedArtifact[];
  /** Says whether a file may change. */
  readonly isIncluded: (path: string) => boolean;
  readonly npmRange: 'exact' | 'caret' | 'workspace';
  /** See `DecisionContext`. */
  readonly isNamed: boolean;
  readonly imageCommits: ImageCommits;
}

export interface PlannedFiles {
  /** Those that change. */
  readonly files: readonly PlannedFile[];
  readonly kept: readonly KeptPlace[];
  /** How many places ask for the version already. */
  readonly same: number;
  /** Those of them that a lockfile may follow. */
  readonly settled: readonly ConsumeChange[];
  /** If there is any, nothing may be written. */
  readonly problems: readonly Problem[];
  readonly notes: readonly string[];
}

/** Decides what every consumer's files become: everything but manifests and lockfiles. */
export async function planFiles(question: PlanQuestion): Promise<PlannedFiles> {
  const { artifacts, files, isIncluded } = question;
  const read = await readDependencies(files);
  const included = read.dependencies.filter(({ place }) => isIncluded(place.path));
  const consumed = [...included, ...catalogsInUse(read.dependencies, included)];
  const facts = createFacts(files, read.dependencies);
  const kept: KeptPlace[] = [];
  const changes: DependencyChange[] = [];
  for (const dependency of new Set(consumed)) {
    const decision = await decideOne(dependency, question, facts);
    if (decision === undefined) continue;
    if (decision.to !== undefined) changes.push({ dependency, requirement: decision.to });
    else if (!/^(?:catalog:|\$)/.test(dependency.requirement))
      kept.push({
        ...placeOf(dependency),
        requirement: dependency.requirement,
        reason: decision.kept,
      });
  }
  const edited = await editFiles(files, changes);
  const settled = changes.filter(
    ({ dependency, requirement }) => dependency.requirement === requirement,
  );
  const unread = await unreadFiles(
    read.unread.filter(({ path }) => isIncluded(path)),
    artifacts,
    files,
  );
  return {
    files: edited.files,
    kept,
    same: settled.length,
    settled: settled.map(changeOf),
    problems: [...edited.problems, ...unread.problems],
    notes: unread.notes,
  };
}

async function decideOne(
  dependency: Dependency,
  { artifacts, imageCommits, isNamed, npmRange }: PlanQuestion,
  facts: Facts,
): Promise<ReturnType<typeof decide> | undefined> {
  const { ecosystem, name, requirement } = dependency;
  const artifact = artifacts.find((one) => one.ecosystem === ecosystem && one.name === name);
  if (artifact === undefined) return otherForm(dependency, artifacts);
  const elsewhere = facts.decidedElsewhere(dependency, artifact.version);
  if (elsewhere !== undefined) return { kept: elsewhere };
  const ownVersion = ecosystem === 'npm' ? await facts.workspaceVersion(dependency) : undefined;
  const image = ecosystem === 'oci' ? parseImageReference(`${name}${requirement}`) : undefined;
  const commit = image === undefined || isNamed ? undefined : await imageCommits(image);
  return decide(dependency, {
    artifact,
    npmRange,
    isNamed,
    inWorkspace: ownVersion !== undefined,
    ...(ownVersion === undefined ? {} : { ownVersion }),
    ...(commit === undefined ? {} : { commit }),
  });
}

/** Another package in the place of ours, ours in the place of another, and another major version of our Go module. */
function otherForm(
  { alias, ecosystem, field, name, requirement }: Dependency,
  artifacts: readonly ReleasedArtifact[],
): { readonly kept: string } | undefined {
  const own = artifacts.filter((one) => one.ecosystem === ecosystem);
  if (alias !== undefined && own.some((one) => one.name === alias))
    return { kept: `${requirement} is another package` };
  if (ecosystem !== 'go') return undefined;
  const bare = (path: string): string => path.replace(/\/v\d+$/, '');
  const isOurs = (path: string): boolean => own.some((one) => bare(one.name) === bare(path));
  const [replacement = ''] = requirement.split(/\s/);
  if (field === 'replace' && isOurs(replacement)) return { kept: 'it replaces another module' };
  const other = own.find((one) => bare(one.name) === bare(name));
  return other && { kept: `the release is ${other.name}: its imports have to change, too` };
}

async function editFiles(
  files: SourceFiles,
  changes: readonly DependencyChange[],
): Promise<{ readonly files: readonly PlannedFile[]; readonly problems: readonly Problem[] }> {
  const planned: PlannedFile[] = [];
  const problems: Problem[] = [];
  for (const [path, own] of Map.groupBy(changes, ({ dependency }) => dependency.place.path)) {
    const real = own.filter(
      ({ dependency, requirement }) => dependency.requirement !== requirement,
    );
    if (real.length === 0) continue;
    const before = (await files.readText(path)) ?? '';
    const { edits, refused } = editDependencies(path, before, own);
    if (refused === undefined)
      planned.push({
        path,
        before,
        text: applyEdits(before, edits),
        edits,
        changes: real.map(changeOf),
      });
    else problems.push(notEditable(real, refused));
  }
  return { files: planned, problems };
}

function changeOf({ dependency, requirement }: DependencyChange): ConsumeChange {
  return { ...placeOf(dependency), from: dependency.requirement, to: requirement };
}

function notEditable(changes: readonly DependencyChange[], reason: string): Problem {
  const [{ dependency } = {}] = changes;
  const { path = '', line } = dependency?.place ?? {};
  const names = changes.map(({ dependency: { name }, requirement }) => `${name} ${requirement}`);
  const isHashed = changes.some((one) => one.dependency.isHashed === true);
  return problem({
    code: isHashed ? 'consume-hashed' : 'consume-not-editable',
    kind: 'input',
    message: `${path} cannot be changed: ${reason}.`,
    hint: isHashed
      ? `Let the tool that wrote it do it: pip-compile --generate-hashes --upgrade-package ${dependency?.name}, or uv pip compile. Then name the other paths here, or leave the file out with consumers.exclude.`
      : `Write ${names.join(', ')} there by hand, or leave the file out with consumers.exclude.`,
    path,
    ...(line === undefined ? {} : { line }),
  });
}
