import type { Problem } from '@ameide/versioning-core';
import type { Mark } from '../report/inventory-mark.ts';
import { type ProblemReport, problemReport } from '../report/shown.ts';
import { EXIT_CODES, type Status, statusOf } from '../report/status.ts';
import type { Answer } from './answers.ts';
import type { Service, Use, Used } from './service.ts';

/** Which artifacts of the release each service uses. `inventory --json` prints it. */
export interface InventoryReport {
  readonly schema: 'ameide-release/inventory/1';
  readonly status: Status;
  /** 0 only if the commit of everything that is used is known, and nothing has a mark of `--fail-on`. */
  readonly exitCode: number;
  /** The commit that ages are counted from. */
  readonly head: string;
  /** The artifacts of the release that may be used, in the definition's order. */
  readonly artifacts: readonly InventoryArtifact[];
  /** By path. Those that use nothing are left out, unless they were named. */
  readonly services: readonly InventoryService[];
  readonly problems: readonly ProblemReport[];
  readonly notes: readonly string[];
}

export interface InventoryArtifact extends Used {
  /** The newest release that its registry has; absent if none, or not known. */
  readonly newest?: string;
  readonly newestSha?: string;
}

export interface InventoryService extends Pick<Service, 'kind' | 'name' | 'path'> {
  readonly uses: readonly InventoryUse[];
  /** Every commit that it uses something of, in full. */
  readonly shas: readonly string[];
  /** `mixed`, and every mark of its artifacts. */
  readonly marks: readonly Mark[];
}

export interface InventoryUse extends Omit<Use, 'kind'> {
  /**
   * `known`, `workspace`: `sha` says the commit, for a folder of this repository the one that is checked
   * out. The others say why it is not known: nobody published it (`not-published`), its registry has no commit for it
   * (`no-commit`) or did not answer (`no-answer`), its registries name different ones (`conflict`), no lockfile chooses a version (`not-locked`), or it does
   * not come from a registry (`elsewhere`).
   */
  readonly state: Answer['state'] | Exclude<Use['kind'], 'registry'>;
  readonly sha?: string;
  /** For `conflict`: the commits. */
  readonly shas?: readonly string[];
  /** The version that clients resolve it to, if it differs: a tag's digest. */
  readonly resolved?: string;
  /** How many commits of HEAD it lacks; absent if this clone does not have its commit. */
  readonly age?: number;
  /** What the registry tells everybody who installs it. */
  readonly deprecated?: string;
  readonly marks: readonly Mark[];
}

export function inventoryReport(
  found: Pick<InventoryReport, 'artifacts' | 'head' | 'notes' | 'services'>,
  problems: readonly Problem[],
): InventoryReport {
  const status = statusOf(problems);
  return {
    schema: 'ameide-release/inventory/1',
    status,
    exitCode: EXIT_CODES[status],
    ...found,
    problems: problems.map((one) => problemReport(one)),
  };
}
