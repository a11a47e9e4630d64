import { buildEnvironment, pathInCheckout, type Repository } from '@ameide/publisher-kit';
import { failed, formatCoordinate, problem, type Step } from '@ameide/versioning-core';
import type { Commit } from '../commit/commit.ts';

export interface StepOptions {
  readonly repository: Repository;
  /** From `readCommit`. */
  readonly commit: Commit;
  /** This publisher's own empty folder, absolute. */
  readonly workspace: string;
  /**
   * A checkout of the commit, absolute, for `build` of a publisher whose `buildsFrom` asks for one.
   */
  readonly checkout?: string;
  /** The same for all steps of a run, and for no other run: publishers keep a run's answers by it. */
  readonly signal?: AbortSignal;
  /** Default: every answer is a problem. */
  readonly resolve?: Step['resolve'];
  readonly emit?: Step['emit'];
  readonly isReproducible?: boolean;
}

/**
 * Makes what each step of a publisher gets, for the engine and for code that composes publishers
 * itself.
 */
export function createStep(options: StepOptions): Step {
  const { repository, commit, workspace, checkout = '' } = options;
  return {
    signal: options.signal ?? new AbortController().signal,
    source: commit.source,
    workspace,
    checkout,
    environment: environmentIn(checkout, options),
    history: repository.history(),
    resolve: options.resolve ?? resolveNothing,
    emit: options.emit ?? (() => undefined),
    isReproducible: options.isReproducible ?? false,
  };
}

const resolveNothing: Step['resolve'] = async (required) => {
  const coordinate = formatCoordinate(required);
  return failed(
    problem({
      code: 'requires-unbuilt',
      kind: 'incomplete',
      message: `${coordinate} is not part of this run, so its version and checksums are not known.`,
      coordinate,
      rerun: 'after-fix',
    }),
  );
};

/** Returns the environment of programs that run in a checkout of the commit. */
export function environmentIn(
  checkout: string,
  { commit, repository }: Pick<StepOptions, 'commit' | 'repository'>,
): Step['environment'] {
  const path = checkout === '' ? {} : pathInCheckout(repository.root, checkout);
  return { ...buildEnvironment(commit), ...path };
}
