import type { RecordedRequest } from '@ameide/local-registries';

/** Sigstore is no registry, but its log is written, too. */
export const REGISTRIES = ['npm', 'python', 'oci', 'git', 'sigstore'] as const;
export type Registry = (typeof REGISTRIES)[number];

/**
 * What a writing request does. `content` is not visible to consumers (a blob, a manifest without
 * a tag), `version` is an immutable coordinate, `pointer` a name that moves.
 */
export type StepKind = 'content' | 'version' | 'pointer';

/** One writing request of a clean run. */
export interface Step {
  readonly registry: Registry;
  readonly kind: StepKind;
  /** The request without what differs between two runs. */
  readonly label: string;
  /** Which request of this label it is: 1 for the first. */
  readonly nth: number;
}

/** A request as one run's log has it. */
export interface Logged {
  readonly registry: Registry;
  readonly label: string;
  /** 1 for the faulty run, 2 and 3 for those after it. */
  readonly run: number;
  readonly request: RecordedRequest;
}

/** Names a request: `PUT ameide-sdk-ts/manifests/0.1.0`. */
export function labelOf({ method, path }: Pick<RecordedRequest, 'method' | 'path'>): string {
  const short = decodeURIComponent(path)
    .replace(/^\/(?:v2\/ameideio\/|-\/package\/|ameideio\/)?/, '')
    .replace(/uploads\/[\w-]+/, 'uploads/…')
    // A signature is another one each time, so its digest is, too.
    .replace(/sha256:[\da-f]{64}/, 'sha256:…');
  return `${method} ${short}`;
}

/** `version` tells a tag that names one version from one that moves. */
export function kindOf(
  { label, registry }: Pick<Step, 'registry' | 'label'>,
  nth: number,
): StepKind {
  if (registry === 'npm') return label.includes('/dist-tags/') ? 'pointer' : 'version';
  if (registry === 'python') return 'version';
  if (registry === 'sigstore') return 'content';
  // The mirror's tags are pushed first, all at once, and then its branch.
  if (registry === 'git') return nth === 1 ? 'version' : 'pointer';
  if (/\/blobs\/|\/manifests\/sha256:/.test(label)) return 'content';
  return /\/manifests\/(?:[\da-f]{40}|\d+\.\d+\.\d+)$/.test(label) ? 'version' : 'pointer';
}

const KINDS: readonly StepKind[] = ['content', 'version', 'pointer'];

/** Numbers the writing requests of a clean run, in an order that does not depend on its races. */
export function stepsOf(log: readonly Logged[]): readonly Step[] {
  const seen = new Map<string, number>();
  const steps = log
    .filter(({ request }) => request.mutating)
    .map(({ registry, label }): Step => {
      const nth = (seen.get(label) ?? 0) + 1;
      seen.set(label, nth);
      return { registry, label, nth, kind: kindOf({ registry, label }, nth) };
    });
  const keyOf = ({ kind, registry, label, nth }: Step): string =>
    `${KINDS.indexOf(kind)} ${registry} ${label} ${String(nth).padStart(3, '0')}`;
  return steps.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

/** `npm PUT @ameideio/configuration`, with the number where there are several. */
export function describeStep({ registry, label, nth }: Step): string {
  return `${registry} ${label.replaceAll(/([\da-f]{12})[\da-f]{28,}/g, '$1…')}${nth === 1 ? '' : ` (${nth})`}`;
}
