import { join } from 'node:path';
import { createWorkspace, inParallel, type Repository } from '@ameide/publisher-kit';
import { refuseShallow } from '@ameide/publisher-kit/git';
import {
  type Coordinate,
  type Finding,
  formatCoordinate,
  InvalidInputError,
  type Problem,
  type Step,
} from '@ameide/versioning-core';
import type { Commit } from '../commit/commit.ts';
import { publishersOf, type ReleaseDefinition } from '../definition/definition.ts';
import { everyFinding } from '../engine/answers.ts';
import { createContext } from '../engine/context.ts';
import { silent, withoutRepeats } from '../engine/findings.ts';
import { guard, inputProblem, together } from '../engine/guard.ts';
import type { EngineEvent, Lane, RunContext } from '../engine/lane.ts';
import { openLanes } from '../engine/open.ts';
import { EXIT_CODES, type Status, statusOf } from '../engine/outcome.ts';
import {
  type ProblemReport,
  problemReport,
  type ShownArtifact,
  shownArtifact,
} from '../engine/report.ts';
import { builds } from './builds.ts';

export interface TraceOptions {
  readonly repository: Repository;
  readonly definition: ReleaseDefinition;
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: EngineEvent) => void;
}

/** What the registries say of one commit, or of one artifact: what `trace --json` prints. */
export interface TraceReport {
  readonly schema: 'ameide-release/trace/1';
  readonly status: Status;
  readonly exitCode: number;
  /** The commit asked for, or the one that the artifact names; absent when it names none. */
  readonly sha?: string;
  readonly artifacts: readonly TracedArtifact[];
  readonly problems: readonly ProblemReport[];
  /** What could not be asked, and why: a package that this commit does not have yet. */
  readonly notes: readonly string[];
}

export interface TracedArtifact extends ShownArtifact {
  /**
   * The pointers that name it now: `dev`, `latest`. Of a commit alone: a single coordinate does not
   * tell which pointers there are.
   */
  readonly pointers: readonly string[];
}

/**
 * Which artifacts were built from a commit: its names on every channel it may have been built for,
 * asked of the registries.
 */
export async function traceCommit(revision: string, options: TraceOptions): Promise<TraceReport> {
  await refuseShallow(options.repository);
  const sha = await options.repository.resolve(revision);
  const { commits, notes } = await builds(options.repository, sha, options.definition);
  const opened = await Promise.all(commits.map((commit) => open(commit, options)));
  const lanes = oncePerQuestion(opened.flatMap((entry) => entry.lanes));
  const build = new Map(
    opened.flatMap((entry, index) =>
      entry.lanes.map((lane) => [lane, nameOf(commits[index])] as const),
    ),
  );
  // The first build is what the commit is now; the others are told of only where they were.
  const likely = new Set(opened[0]?.lanes);
  const unopened = withoutRepeats(opened.flatMap((entry) => entry.problems));
  // What a commit does not hold yet was never built from it; a publisher that fails has not been
  // asked.
  const skipped = [
    ...new Set([...notes, ...unopened.filter(isInput).map(({ message }) => message)]),
  ];
  const failed = unopened.filter((problem) => !isInput(problem));
  if (lanes.length === 0)
    return traced(sha, [], skipped, failed.length === 0 ? [nothingToAsk(sha)] : failed);
  return asking(options, async (context) => {
    await inParallel(lanes, async (lane) => {
      context.emit({
        phase: 'check',
        publisher: lane.publisher.id,
        message: `asking ${lane.plan.registry} about ${build.get(lane)}`,
      });
      const { plan, publisher } = lane;
      const about = { lane, phase: 'check', effect: 'none' } as const;
      const [found, pointed] = await together([
        guard(
          { ...about, name: 'inspect', run: async (step) => publisher.inspect({ plan }, step) },
          context,
        ),
        guard(
          {
            ...about,
            name: 'read its pointers',
            run: async (step) => (await publisher.pointers?.(plan, step)) ?? [],
          },
          context,
        ),
      ]);
      lane.found = (found === undefined ? [] : everyFinding(plan.coordinates, found)).filter(
        ({ state }) => likely.has(lane) || state !== 'absent',
      );
      lane.pointed = pointed ?? [];
    });
    return traced(sha, lanes, skipped, failed);
  });
}

/**
 * Which commit an artifact was built from. Throws `InvalidInputError` when no publisher of the
 * release knows it.
 */
export async function traceCoordinate(
  coordinate: Coordinate,
  options: TraceOptions,
): Promise<TraceReport> {
  await refuseShallow(options.repository);
  const head = await options.repository.resolve('HEAD');
  const { commits, notes } = await builds(options.repository, head, options.definition);
  const [commit] = commits;
  const { lanes, problems } =
    commit === undefined ? { lanes: [], problems: [] } : await open(commit, options);
  const lane = lanes.find(({ publisher }) =>
    publisher.members.some(
      ({ ecosystem, name }) => ecosystem === coordinate.ecosystem && name === coordinate.name,
    ),
  );
  if (lane === undefined) {
    const known = lanes.flatMap(({ publisher }) =>
      publisher.members.map(({ ecosystem, name }) => `${ecosystem}:${name}`),
    );
    throw new InvalidInputError(
      {
        field: 'coordinate',
        received: formatCoordinate(coordinate),
        expected: `an artifact of this release: ${known.join(', ')}`,
        ...hintOf([...notes, ...problems.map(({ message }) => message)]),
      },
      'unknown-coordinate',
    );
  }
  return asking(options, async (context) => {
    context.emit({
      phase: 'check',
      publisher: lane.publisher.id,
      message: `asking ${lane.plan.registry}`,
    });
    const inspect = async (step: Step) => lane.publisher.inspect({ coordinate }, step);
    const found = await guard(
      { lane, phase: 'check', effect: 'none', name: 'inspect', run: inspect },
      context,
    );
    lane.found = found?.length === 0 ? [{ coordinate, state: 'unknown' }] : (found ?? []);
    return traced(lane.found[0]?.sha, [lane]);
  });
}

/** One publisher is asked once for each build: `the dev build 0.1.1-dev.20251114090500`. */
function nameOf(commit: Commit | undefined): string {
  return commit === undefined
    ? 'it'
    : `the ${commit.channel.kind} ${commit.channel.kind === 'dev' ? 'build ' : ''}${commit.versions.npm.published}`;
}

/** What could not be opened at HEAD may be what was asked for. */
function hintOf(reasons: readonly string[]): { readonly hint?: string } {
  return reasons.length === 0
    ? {}
    : { hint: `At HEAD some could not be opened: ${reasons.join('; ')}` };
}

function open(
  commit: Commit,
  { definition, repository }: TraceOptions,
): ReturnType<typeof openLanes> {
  return repository
    .remoteUrl()
    .then((remote) => definition.repository ?? remote)
    .then((home) =>
      openLanes(publishersOf(definition), commit, home === undefined ? {} : { repository: home }),
    );
}

/** Channels share names (`<sha>` tags): a lane that would ask nothing new is left out. */
function oncePerQuestion(lanes: readonly Lane[]): Lane[] {
  const seen = new Set<string>();
  return lanes.filter(({ publisher, plan }) => {
    const questions = [
      ...plan.coordinates.map(formatCoordinate),
      ...plan.pointers.map(({ pointer }) => pointer),
    ].map((name) => `${publisher.id} ${name}`);
    const news = questions.some((question) => !seen.has(question));
    for (const question of questions) seen.add(question);
    return news;
  });
}

async function asking(
  options: TraceOptions,
  ask: (context: RunContext) => Promise<TraceReport>,
): Promise<TraceReport> {
  await using workspace = await createWorkspace();
  return await ask(
    createContext({ ...options, workspace, source: join(workspace.directory, 'source') }),
  );
}

function isInput({ kind }: Problem): boolean {
  return kind === 'input';
}

function nothingToAsk(sha: string): Problem {
  const error = new InvalidInputError(
    {
      field: 'revision',
      received: sha,
      expected: 'a commit at which some artifact of this release can be named',
    },
    'nothing-to-ask',
  );
  return inputProblem(error);
}

function traced(
  sha: string | undefined,
  lanes: readonly Lane[],
  notes: readonly string[] = [],
  others: readonly Problem[] = [],
): TraceReport {
  const problems = lanes.flatMap((lane) => told(lane).map((problem) => ({ lane, problem })));
  const status = statusOf([...others, ...problems.map(({ problem }) => problem)]);
  return {
    schema: 'ameide-release/trace/1',
    status,
    exitCode: EXIT_CODES[status],
    ...(sha === undefined ? {} : { sha }),
    artifacts: distinct(
      lanes.flatMap((lane) => lane.found.map((finding) => tracedArtifact(lane, finding))),
    ),
    problems: [
      ...others.map((problem) => problemReport(problem)),
      ...problems.map(({ lane, problem }) => problemReport(problem, lane.publisher.id)),
    ],
    notes,
  };
}

/**
 * Another commit's artifact is an answer here, not a conflict; a registry's silence is a problem,
 * and why there can be no such version.
 */
function told(lane: Lane): Problem[] {
  const unsaid = lane.found.filter(({ state }) => state === 'unknown');
  return withoutRepeats([
    ...lane.problems,
    ...unsaid.map(({ coordinate, problem }) => problem ?? silent(formatCoordinate(coordinate))),
    ...lane.found.flatMap(({ state, problem }) =>
      state === 'absent' && problem !== undefined ? [problem] : [],
    ),
    ...lane.pointed.flatMap(({ problem }) => (problem === undefined ? [] : [problem])),
  ]);
}

function tracedArtifact(lane: Lane, finding: Finding): TracedArtifact {
  const { coordinate } = finding;
  return {
    ...shownArtifact(lane, finding),
    pointers: lane.pointed
      .filter(
        ({ pointer, version }) =>
          pointer.name === coordinate.name && version === coordinate.version,
      )
      .map(({ pointer }) => pointer.pointer),
  };
}

/**
 * One row for each thing: names that several builds share, and names that clients resolve to each
 * other, are merged.
 */
function distinct(artifacts: readonly TracedArtifact[]): TracedArtifact[] {
  const merged = new Map<string, TracedArtifact>();
  for (const artifact of artifacts) {
    const { registry, publisher, coordinate, resolved } = artifact;
    const key = `${registry} ${resolved === undefined ? coordinate : `${publisher}@${resolved}`}`;
    const known = merged.get(key);
    merged.set(
      key,
      known === undefined
        ? artifact
        : { ...known, pointers: [...new Set([...known.pointers, ...artifact.pointers])] },
    );
  }
  return [...merged.values()];
}
