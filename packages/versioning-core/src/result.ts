import type { Problem } from './publisher/problem.ts';

/**
 * What an operation gave: its value, or the problems that kept it from one. The one form in which
 * an expected failure is returned.
 */
export type Result<T> =
  | { readonly value: T; readonly problems?: never }
  | { readonly problems: Problems; readonly value?: never };

/** At least one. */
export type Problems = readonly [Problem, ...Problem[]];

export function ok<T>(value: T): { readonly value: T } {
  return { value };
}

export function failed(...problems: Problems): { readonly problems: Problems } {
  return { problems };
}
