/**
 * The three date forms that every recipient must read (RFC 9110, section 5.6.7): IMF-fixdate, RFC
 * 850 and asctime.
 */
const DATES = [
  /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/,
  /^[A-Z][a-z]{5,8}, \d{2}-[A-Z][a-z]{2}-\d{2} \d{2}:\d{2}:\d{2} GMT$/,
  /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$/,
];

/**
 * Returns how long a Retry-After header (RFC 9110, section 10.2.3) asks to wait, in milliseconds
 * from `now` (Unix milliseconds); 0 for a date in the past. Returns undefined if the header is
 * missing, or is neither whole seconds nor a date.
 */
export function retryAfterMs(header: string | null | undefined, now: number): number | undefined {
  const value = header?.trim() ?? '';
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  if (!DATES.some((form) => form.test(value))) return undefined;
  const time = Date.parse(value.endsWith('GMT') ? value : `${value} GMT`);
  return Number.isNaN(time) ? undefined : Math.max(0, time - now);
}

/** The first and the longest wait before jitter, in milliseconds. */
const FIRST = 300;
const LONGEST = 10_000;

/**
 * Returns how long to wait before attempt `attempt + 1`, in milliseconds: it doubles from `first`
 * to 10,000, then `random` picks between half and all of it (so that many clients do not return at
 * once); never less than the server asked for.
 */
export function waitMs(
  attempt: number,
  random: number,
  asked: number | undefined,
  first: number = FIRST,
): number {
  const backoff = Math.min(LONGEST, first * 2 ** (attempt - 1));
  return Math.max(backoff * (0.5 + random / 2), asked ?? 0);
}
