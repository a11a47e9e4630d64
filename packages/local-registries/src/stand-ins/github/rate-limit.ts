import type { Reply } from './reply.ts';

/** How the stand-in refuses requests for a while. */
export interface RateLimit {
  /**
   * - `primary`: the requests of the hour are used up; the answer says when the next hour begins, and
   *   has no Retry-After.
   * - `secondary`: too many requests in a short time; the answer has Retry-After.
   */
  readonly kind: 'primary' | 'secondary';
  /** How many requests it refuses. */
  readonly requests: number;
  /** After how many seconds requests are accepted again. */
  readonly seconds: number;
  /** GitHub answers 403 or 429. Default 403. */
  readonly status?: 403 | 429;
  /** True: only requests that write are refused. */
  readonly writesOnly?: boolean;
}

export interface Limits {
  set(limit: RateLimit): void;
  /** Returns the refusal of a request; undefined if it is accepted. */
  take(method: string): Reply | undefined;
  /** The headers that each answer has. */
  headers(): Readonly<Record<string, string>>;
}

const HOURLY = 5000;
const DOCUMENTATION =
  'https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api';

export function createLimits(): Limits {
  let current: (RateLimit & { left: number }) | undefined;
  let used = 0;
  const headers = (remaining: number, seconds: number): Readonly<Record<string, string>> => ({
    'x-ratelimit-limit': `${HOURLY}`,
    'x-ratelimit-remaining': `${remaining}`,
    'x-ratelimit-used': `${HOURLY - remaining}`,
    'x-ratelimit-reset': `${Math.ceil(Date.now() / 1000) + seconds}`,
    'x-ratelimit-resource': 'core',
  });
  return {
    set: (limit) => void (current = { ...limit, left: limit.requests }),
    headers: () => headers(Math.max(0, HOURLY - used), 3600),
    take(method) {
      used += 1;
      if (current === undefined || current.left === 0) return undefined;
      if (current.writesOnly === true && method === 'GET') return undefined;
      current.left -= 1;
      const { kind, seconds, status = 403 } = current;
      const isPrimary = kind === 'primary';
      const message = isPrimary
        ? 'API rate limit exceeded for user ID 1.'
        : 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.';
      return {
        status,
        body: { message, documentation_url: DOCUMENTATION },
        headers: isPrimary
          ? headers(0, seconds)
          : { ...headers(HOURLY - used, 3600), 'retry-after': `${seconds}` },
      };
    },
  };
}
