import type { Repository } from '@ameide/publisher-kit/git';
import { InvalidInputError, inputProblem, type Problem, parseBase } from '@ameide/versioning-core';
import { type Commit, readCommit } from '../commit/commit.ts';
import { definitionOf } from '../definition/data/read-definition.ts';
import {
  defineRelease,
  type ReleaseDefinition,
  versionQuestion,
} from '../definition/definition.ts';
import { planRelease } from '../engine/release.ts';
import type { ReleaseReport } from '../report/release-report.ts';
import type { Listener } from '../run/emitter.ts';
import { openDefinition } from '../run/open-definition.ts';
import { type PlannedNames, plannedNames } from '../run/planned-names.ts';
import { openRunsAtHead } from '../trace/open-publisher.ts';
import { type AboveBase, aboveBase } from './above-base.ts';
import type { DefinitionData } from './definition-data.ts';
import type { VersionSource } from './version-sources.ts';

/** What `plan` says of the written definition. */
export interface Preview {
  readonly plan?: ReleaseReport;
  /** Where the registries cannot be asked yet. */
  readonly planned?: PlannedNames;
  /** Whether the registries have versions above the base, which a first release has to deal with. */
  readonly hasAbove: AboveBase['has'];
  readonly problems: readonly Problem[];
  readonly notes: readonly string[];
}

export interface PreviewQuestion {
  readonly repository: Repository;
  readonly definition: ReleaseDefinition;
  readonly version: VersionSource;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly offline: boolean;
  readonly hasCommit: boolean;
  /** What differed from HEAD before `init` wrote. */
  readonly dirtyBefore: readonly string[];
  readonly signal: AbortSignal;
  readonly onEvent: Listener;
}

/**
 * Makes the definition from memory. Undefined if a publisher is not installed beside this package, as after
 * `npx @ameide/release init`. Throws `InvalidInputError` for what no definition may say.
 */
export async function makeDefinition(
  data: DefinitionData,
  env: PreviewQuestion['env'],
): Promise<ReleaseDefinition | undefined> {
  try {
    return defineRelease((await definitionOf({ ...data }, env)) as ReleaseDefinition);
  } catch (error) {
    if (error instanceof InvalidInputError && error.code === 'config-failed') return undefined;
    throw error;
  }
}

/**
 * Plans the definition in this process, so that the repository need not have its packages installed.
 * `plan` reads the commit: what is not committed yet is not in it.
 */
export async function preview(question: PreviewQuestion): Promise<Preview> {
  if (!question.hasCommit)
    return none('There is no commit yet. Make one, then run ameide-release plan.');
  try {
    return await previewAtHead(question);
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    return { hasAbove: 'unknown', problems: [inputProblem(error)], notes: [] };
  }
}

function none(note: string): Preview {
  return { hasAbove: 'unknown', problems: [], notes: [note] };
}

async function previewAtHead(question: PreviewQuestion): Promise<Preview> {
  const { definition, env, offline, onEvent, signal, version } = question;
  const repository = withoutWritten(question);
  const isCommitted = await versionIsCommitted(question);
  if (offline || !isCommitted) {
    const base = isCommitted ? versionQuestion(definition).base : { base: version.base ?? '0.0.0' };
    const commit = await readCommit(repository, { ...versionQuestion(definition), base, env });
    const planned = await plannedNames(definition, commit, repository);
    const above = offline ? NOT_ASKED : await aboveAt(commit, question);
    return {
      planned,
      hasAbove: above.has,
      problems: [],
      notes: [...(isCommitted ? [] : [NOT_PLANNED]), ...above.notes],
    };
  }
  const plan = await planRelease({ repository, definition, env, signal, onEvent });
  if (plan.artifacts.length === 0) return { plan, hasAbove: 'unknown', problems: [], notes: [] };
  const head = await openRunsAtHead({ repository, definition });
  const above = await aboveBase(head, parseBase(plan.release.base), { repository, signal });
  return { plan, hasAbove: above.has, problems: [], notes: above.notes };
}

const NOT_ASKED: AboveBase = { has: 'unknown', notes: [] };
const NOT_PLANNED =
  'Not planned: plan reads the version at the commit. Commit the new files, then run ameide-release plan.';

async function aboveAt(
  commit: Commit,
  { definition, repository, signal }: PreviewQuestion,
): Promise<AboveBase> {
  const { runs } = await openDefinition(definition, commit, repository);
  return aboveBase({ commit, runs }, commit.canonical.base, { repository, signal });
}

/** `plan` refuses a working tree with changes, which the new files are until somebody commits them. */
function withoutWritten({ dirtyBefore, repository }: PreviewQuestion): Repository {
  return { ...repository, dirtyPaths: async () => dirtyBefore };
}

async function versionIsCommitted({ repository, version }: PreviewQuestion): Promise<boolean> {
  if (version.kind === 'tags') return true;
  const head = repository.source(await repository.resolve('HEAD'));
  return (await head.readBytes(version.file)) !== undefined;
}
