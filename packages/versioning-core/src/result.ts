import type { Problem } from './publisher/problem.ts';

/**
 * What an operation returns: its value, or the problems that prevented it. Every expected failure
 * is returned in this form.
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
