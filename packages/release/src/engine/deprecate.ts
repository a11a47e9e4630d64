import { createWorkspace, type Repository } from '@ameide/publisher-kit';
import {
  type Coordinate,
  type Finding,
  formatCoordinate,
  InvalidInputError,
  inputProblem,
  type Problem,
} from '@ameide/versioning-core';
import type { Commit } from '../commit/commit.ts';
import type { ReleaseDefinition } from '../definition/definition.ts';
import {
  type DeprecationFacts,
  type DeprecationReport,
  deprecationReport,
} from '../report/deprecation-report.ts';
import { createContext, type RunContext } from '../run/context.ts';
import type { Emitter, Listener } from '../run/emitter.ts';
import { noAnswer } from '../run/findings.ts';
import { observedRun } from '../run/observed-run.ts';
import { eventOf, type PublisherRun } from '../run/publisher-run.ts';
import { inspectCoordinate } from '../run/read-registry.ts';
import { runStep } from '../run/run-step.ts';
import { openOnePublisher } from '../trace/open-publisher.ts';
import { notDeprecable } from './not-deprecable.ts';
import { requireOneLine } from './one-line.ts';
import { requireOrigin } from './origin.ts';

export interface DeprecateOptions {
  readonly repository: Repository;
  readonly definition: ReleaseDefinition;
  readonly coordinate: Coordinate;
  /**
   * What everybody sees who installs the version; empty to take that back. Without a message nothing
   * is written.
   */
  readonly message?: string;
  /** The id of the publisher, if the package is at several registries. */
  readonly only?: string;
  /**
   * The address of the repository that this is a clone of. Default: what its remote says. It must be
   * the definition's `repository`, if that is given.
   */
  readonly origin?: string;
  readonly signal?: AbortSignal;
  readonly onEvent?: Listener;
}

/**
 * Marks one published version as one not to install, because a person asked for it. Throws
 * `InvalidInputError` for what is no version of this release's npm packages, or is not published.
 */
export async function deprecateVersion(options: DeprecateOptions): Promise<DeprecationReport> {
  const { coordinate, definition, message, origin, repository } = options;
  const named = formatCoordinate(coordinate);
  if (message !== undefined) {
    requireOneLine(message, 'any');
    await requireOrigin(repository, definition, origin);
  }
  const { commit, run } = await openOnePublisher(coordinate, named, options);
  if (run.publisher.deprecate === undefined) throw notDeprecable(coordinate, message);
  return observedRun({ command: 'deprecate', runs: [run], ...options }, async (emitter) =>
    deprecateOpened(options, { commit, emitter, run }),
  );
}

interface OpenedVersion {
  readonly commit: Commit;
  readonly emitter: Emitter;
  readonly run: PublisherRun;
}

async function deprecateOpened(
  options: DeprecateOptions,
  { commit, emitter, run }: OpenedVersion,
): Promise<DeprecationReport> {
  const { coordinate, message } = options;
  const named = formatCoordinate(coordinate);
  await using workspace = await createWorkspace();
  const context = createContext({ ...options, commit, emitter, workspace });
  const { id, plan } = run;
  const facts = {
    publisher: id,
    registry: plan.registry,
    coordinate: named,
    ...(message === undefined ? {} : { message }),
  };
  void context.emit({
    type: 'progress',
    ...eventOf(run, 'check'),
    text: `asking ${plan.registry}`,
  });
  const { value, problems } = await inspectCoordinate(coordinate, run, context);
  const unread = problems.length > 0 ? problems : unreadProblems(coordinate, value?.[0]);
  if (unread.length > 0) return deprecationReport(facts, unread);
  const { deprecated: before = '', sha, state } = value?.[0] ?? { state: 'absent' };
  if (state === 'absent') throw notPublished(named);
  const found = { ...facts, before, ...(sha === undefined ? {} : { sha }) };
  if (message === undefined)
    return deprecationReport(found, [noMessage(named, before, options.only)]);
  // Awaited here: the workspace is removed at the end of this function.
  return await send(found, { coordinate, message }, run, context);
}

async function send(
  facts: DeprecationFacts,
  request: { readonly coordinate: Coordinate; readonly message: string },
  run: PublisherRun,
  context: RunContext,
): Promise<DeprecationReport> {
  const { value, problems } = await runStep(
    {
      run,
      phase: 'publish',
      effect: 'unknown',
      name: 'deprecate',
      call: async (step) => run.publisher.deprecate?.(run.plan, request, step),
    },
    context,
  );
  if (value === undefined) return deprecationReport(facts, problems);
  const { from, outcome, problem } = value;
  const found = problem === undefined ? problems : [...problems, problem];
  const before = from === undefined ? {} : { before: from };
  return deprecationReport({ ...facts, ...before, outcome }, found);
}

function unreadProblems(coordinate: Coordinate, found: Finding | undefined): readonly Problem[] {
  if (found !== undefined && found.state !== 'unknown') return [];
  return [found?.problem ?? noAnswer(coordinate)];
}

function notPublished(received: string): InvalidInputError {
  const expected = 'a version that is published';
  const hint = 'ameide-release trace shows what is published of a commit.';
  const input = { field: 'coordinate', received, expected, hint };
  return new InvalidInputError(input, 'unknown-coordinate');
}

/** Exit 0 must not mean that nothing was deprecated. */
function noMessage(coordinate: string, before: string, only?: string): Problem {
  const at = only === undefined ? '' : ` --only ${only}`;
  const now = before === '' ? 'is not deprecated' : `is deprecated ("${before}")`;
  const input = {
    field: 'message',
    expected: `what to tell everybody who installs ${coordinate}, which ${now}: nothing was changed`,
    hint: `To deprecate it: ameide-release deprecate ${coordinate}${at} --message 'use …'; --message '' takes that back.`,
  };
  return inputProblem(new InvalidInputError(input, 'deprecation-message-missing'));
}
