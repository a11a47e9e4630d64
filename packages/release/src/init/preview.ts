import type { Repository } from '@ameide/publisher-kit/git';
import { InvalidInputError, inputProblem, type Problem, parseBase } from '@ameide/versioning-core';
import { readCommit } from '../commit/commit.ts';
import { definitionOf } from '../definition/data/read-definition.ts';
import {
  defineRelease,
  type ReleaseDefinition,
  versionQuestion,
} from '../definition/definition.ts';
import { planRelease } from '../engine/release.ts';
import type { ReleaseReport } from '../report/release-report.ts';
import type { Listener } from '../run/emitter.ts';
import { type PlannedNames, plannedNames } from '../run/planned-names.ts';
import { aboveBase } from './above-base.ts';
import type { DefinitionData } from './definition-data.ts';
import type { VersionSource } from './version-sources.ts';

/** What `plan` says of the written definition. */
export interface Preview {
  readonly plan?: ReleaseReport;
  /** Where the registries cannot be asked yet. */
  readonly planned?: PlannedNames;
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
    return { problems: [inputProblem(error)], notes: [] };
  }
}

function none(note: string): Preview {
  return { problems: [], notes: [note] };
}

async function previewAtHead(question: PreviewQuestion): Promise<Preview> {
  const { definition, env, offline, onEvent, signal, version } = question;
  const repository = withoutWritten(question);
  const isCommitted = await versionIsCommitted(question);
  if (offline || !isCommitted) {
    const base = isCommitted ? versionQuestion(definition).base : { base: version.base ?? '0.0.0' };
    const commit = await readCommit(repository, { ...versionQuestion(definition), base, env });
    const planned = await plannedNames(definition, commit, repository);
    const notes = isCommitted
      ? []
      : [
          'The registries were not asked: plan reads the version at the commit. Commit the new files, then run ameide-release plan.',
        ];
    return { planned, problems: [], notes };
  }
  const plan = await planRelease({ repository, definition, env, signal, onEvent });
  const base = parseBase(plan.release.base);
  const canAsk = plan.artifacts.length > 0;
  const notes = canAsk ? await aboveBase(definition, base, { repository, signal }) : [];
  return { plan, problems: [], notes };
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
