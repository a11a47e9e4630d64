import type { Expressions } from './expressions.ts';

/** What happens to an object that is not allowed: it is refused; its sender is warned; it is only logged. */
export type AdmissionAction = 'deny' | 'warn' | 'audit';

/** The policy of one environment, before an engine's own form. */
export interface EnginePolicy {
  readonly name: string;
  readonly action: AdmissionAction;
  readonly namespaceLabels: Readonly<Record<string, string>>;
  readonly expressions: Expressions;
}
