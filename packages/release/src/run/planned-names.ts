import type { Repository } from '@ameide/publisher-kit/git';
import { formatCoordinate } from '@ameide/versioning-core';
import type { Commit } from '../commit/commit.ts';
import type { ReleaseDefinition } from '../definition/definition.ts';
import { type ProblemReport, problemReport } from '../report/shown.ts';
import { openDefinition } from './open-definition.ts';

/** What a definition publishes of a commit, as `plan` names it. */
export interface PlannedNames {
  readonly artifacts: readonly {
    /** The text from `formatCoordinate`. */
    readonly coordinate: string;
    readonly publisher: string;
    readonly registry: string;
  }[];
  readonly pointers: readonly { readonly publisher: string; readonly pointer: string }[];
  /** Why a publisher is not among them. */
  readonly problems: readonly ProblemReport[];
}

/** Opens and plans every publisher, offline. */
export async function plannedNames(
  definition: ReleaseDefinition,
  commit: Commit,
  repository: Pick<Repository, 'remoteUrl'>,
): Promise<PlannedNames> {
  const { runs, problems } = await openDefinition(definition, commit, repository);
  return {
    artifacts: runs.flatMap(({ id, plan }) =>
      plan.coordinates.map((one) => ({
        coordinate: formatCoordinate(one),
        publisher: id,
        registry: plan.registry,
      })),
    ),
    pointers: runs.flatMap(({ id, plan }) =>
      plan.pointers.map(({ pointer }) => ({ publisher: id, pointer })),
    ),
    problems: problems.map((one) => problemReport(one)),
  };
}
