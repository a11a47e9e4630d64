import { createProcesses, settleAll } from '@ameide/publisher-kit';
import type { Problem } from '@ameide/versioning-core';
import type { BuildFacts } from '../built/build-index.ts';
import { loadBuilt } from '../built/load.ts';
import { openBuilt } from '../built/open-folder.ts';
import { saveBuilt } from '../built/save.ts';
import { definitionDigest } from '../definition/digest.ts';
import type { Phase } from '../run/events.ts';
import { isSent, needsBuild, type PublisherRun } from '../run/publisher-run.ts';
import { buildAll, checkPrepare, prepareCheckout, validatePrepare } from './build.ts';
import { listEarlier, refuseBelowEarlier } from './earlier-versions.ts';
import { expectMoves } from './expected-moves.ts';
import { checkAll, checkToolsOf, validateAll } from './preflight.ts';
import type { PhaseContext, ReleasePhase, ReleaseState } from './progress.ts';
import { rehearseAll } from './rehearse.ts';
import { checkRequirements, checkVisibleLast } from './requirements.ts';
import { searchBuilt } from './search-built.ts';

export type RunsPhase = (
  runs: ReleaseState['runs'],
  context: PhaseContext,
) => Promise<ReleaseState['runs']>;

function named(name: Phase, run: ReleasePhase['run']): ReleasePhase {
  return { name, run };
}

/** Turns a function over all runs into a phase. */
export function overRuns(name: Phase, phase: RunsPhase): ReleasePhase {
  return named(name, async (state, context) => ({
    ...state,
    runs: await phase(state.runs, context),
  }));
}

export const validate: ReleasePhase = named('validate', async (state, context) => {
  const runs = await validateAll(state.runs, context);
  const { prepare = [] } = context.options.definition;
  const found = prepare.length === 0 ? [] : await validatePrepare(context.commit.source);
  return { ...state, runs, problems: [...state.problems, ...found] };
});

/** Asks the registries, and looks for the tools of the builds that their answers leave to do. */
export const check: ReleasePhase = named('check', async (state, context) => {
  const [checked, earlier] = await settleAll([
    checkAll(state.runs, context),
    listEarlier(state.runs, context),
  ]);
  const asked = refuseBelowEarlier(checked, earlier);
  const checkOthers = context.options.holdPointers === true ? checkVisibleLast : checkRequirements;
  const runs = await checkOthers(asked, state.others, context);
  return withPrograms({ ...state, runs }, context);
});

/** Predicts how `promote` will move the pointers, from what they name now. */
export const expect: ReleasePhase = named('check', async (state, { commit, options }) => {
  const question = { channel: commit.channel.kind, history: options.repository.history() };
  return { ...state, runs: await expectMoves(state.runs, question) };
});

/** Looks for the tools of every build. Asks no registry. */
export const checkTools: ReleasePhase = named('check', async (state, context) =>
  withPrograms({ ...state, runs: await checkToolsOf(state.runs, context) }, context),
);

/** `prepare` is needed only when something has to be built. */
async function withPrograms(state: ReleaseState, { options }: PhaseContext): Promise<ReleaseState> {
  const { definition, processes = createProcesses() } = options;
  if (state.runs.every((run) => isSent(run) || run.built !== undefined)) return state;
  const missing = await checkPrepare(definition.prepare ?? [], processes);
  return { ...state, problems: [...state.problems, ...missing] };
}

function readsCheckout(run: PublisherRun): boolean {
  return needsBuild(run) && (!isSent(run) || run.publisher.buildsFrom !== 'objects');
}

export const checkOut: ReleasePhase = named('prepare', async (state, context) => {
  if (!state.runs.some(readsCheckout)) return state;
  const { definition, processes = createProcesses(), repository } = context.options;
  const directory = `${context.directory}/checkout`;
  const { value, problems = [] } = await prepareCheckout(
    {
      directory,
      layOut: async (folder) =>
        repository.checkout(context.commit.canonical.sha, folder, {
          submodules: definition.submodules,
          signal: context.signal,
        }),
      prepare: definition.prepare ?? [],
      processes,
      environment: context.environmentIn(directory),
    },
    context,
  );
  return value === undefined
    ? { ...state, problems: [...state.problems, ...problems] }
    : { ...state, checkout: value };
});

/**
 * Validates again if the checkout lacks content that `plan` cannot detect: damaged Git LFS content, or
 * Git LFS content of a fetched submodule. The clone causes this problem, not the commit, so its
 * kind is `incomplete`.
 */
export const validateCheckout: ReleasePhase = named('validate', async (state, context) => {
  if (state.checkout === undefined) return state;
  const missing = await context.commit.source.missingContent('');
  if (missing.length === 0) return state;
  const validated = await validateAll(state.runs, context);
  const runs = validated.map((run) => ({ ...run, problems: run.problems.map(asIncomplete) }));
  return { ...state, runs };
});

function asIncomplete(found: Problem): Problem {
  return found.kind === 'input' ? { ...found, kind: 'incomplete' } : found;
}

export const build: ReleasePhase = named('build', async (state, context) => {
  const { checkout = '', others } = state;
  return { ...state, runs: await buildAll(state.runs, context, { checkout, others }) };
});

/** Looks for secrets in what would be sent. */
export const search: ReleasePhase = named('search', async (state, context) => {
  // Not `options.env`, which may have only what a CI system says about the run: a build can find
  // every secret of this process.
  const input = { env: process.env, processes: context.options.processes };
  return { ...state, runs: await searchBuilt(state.runs, context, input) };
});

/** Lists the files of what was built and of what is published. */
export const rehearse: ReleasePhase = overRuns('compare', rehearseAll);

/** Leaves out the runs that were built only because others require them. Keeps their problems. */
export function keepOnly(wanted: ReleaseState['runs']): ReleasePhase {
  const ids = new Set(wanted.map(({ id }) => id));
  return {
    run: async (state) => ({
      ...state,
      runs: state.runs.filter(({ id }) => ids.has(id)),
      problems: [
        ...state.problems,
        ...state.runs.filter(({ id }) => !ids.has(id)).flatMap(({ problems }) => problems),
      ],
    }),
  };
}

/** Saves what was built, for another machine. */
export function saveTo(out: string): ReleasePhase {
  return overRuns('save', async (runs, context) =>
    saveBuilt(runs, out, buildFacts(context), context),
  );
}

/** Loads what another machine built, in place of a build. */
export function loadFrom(from: string): ReleasePhase {
  return named('load', async (state, context) => {
    const folder = await openBuilt(from, buildFacts(context));
    if (folder.value === undefined)
      return { ...state, problems: [...state.problems, ...folder.problems] };
    const { value } = folder;
    const loaded = state.runs.map(async (run) => loadBuilt(run, value, context));
    return { ...state, runs: await Promise.all(loaded) };
  });
}

function buildFacts({ commit, options }: PhaseContext): BuildFacts {
  return {
    sha: commit.canonical.sha,
    channel: commit.channel.kind,
    definition: definitionDigest(options.definition),
  };
}
