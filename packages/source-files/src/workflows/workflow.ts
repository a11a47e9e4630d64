import type { EmbeddedText } from './source-text.ts';
import type { YamlEntry, YamlMap, YamlProblem, YamlScalar, YamlValue } from './yaml-value.ts';

/** A workflow of GitHub Actions, or the definition of an action. */
export interface Workflow {
  readonly kind: 'workflow' | 'action';
  readonly path: string;
  /** Without a byte order mark, as places count. */
  readonly text: string;
  /** Undefined if it is not a map. */
  readonly root: YamlMap | undefined;
  readonly problems: readonly YamlProblem[];
  /** The events of `on`. */
  readonly events: readonly YamlScalar[];
  /** Those of a workflow. The steps of a composite action are one job, whose `id` is empty. */
  readonly jobs: readonly Job[];
}

export interface Job {
  readonly id: string;
  readonly key: YamlScalar;
  readonly body: YamlMap;
  readonly steps: readonly Step[];
  /** A workflow that does the job: `./.github/workflows/test.yml`. */
  readonly uses?: YamlScalar;
}

export interface Step {
  readonly body: YamlMap;
  readonly uses?: YamlScalar;
  /** The entry of `uses`, after which other keys may be written. */
  readonly usesEntry?: YamlEntry;
  readonly run?: EmbeddedText;
  /** The shell that runs it, also by the defaults of the job and the workflow. */
  readonly shell?: string;
  readonly workingDirectory?: string;
  readonly with?: YamlValue;
}

/**
 * The path of an action or a workflow of the same repository, without `./`: `./.github/actions/setup`, or
 * `$/.github/actions/setup` since July 2026. Undefined for one of another repository.
 */
export function localPath(uses: string): string | undefined {
  return /^[.$]\/(?:\.\/)?(.*)$/.exec(uses)?.[1];
}

/** The part of `owner/name/path@ref` before the `@`, in lower case; GitHub ignores case here. */
export function actionName(uses: string): string {
  return uses.replace(/@.*$/, '').toLowerCase();
}
