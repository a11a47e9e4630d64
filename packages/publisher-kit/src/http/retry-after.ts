/**
 * The three date forms that RFC 9110, section 5.6.7, asks every recipient to read: IMF-fixdate, RFC
 * 850 and asctime.
 */
const DATES = [
  /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/,
  /^[A-Z][a-z]{5,8}, \d{2}-[A-Z][a-z]{2}-\d{2} \d{2}:\d{2}:\d{2} GMT$/,
  /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$/,
];

/**
 * How long a Retry-After header (RFC 9110, section 10.2.3) asks to wait, in milliseconds from `now`
 * (Unix milliseconds); 0 for a date that has passed; undefined when there is none or it is neither
 * whole seconds nor a date.
 */
export function retryAfterMs(header: string | null | undefined, now: number): number | undefined {
  const value = header?.trim() ?? '';
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  if (!DATES.some((form) => form.test(value))) return undefined;
  const time = Date.parse(value.endsWith('GMT') ? value : `${value} GMT`);
  return Number.isNaN(time) ? undefined : Math.max(0, time - now);
}

/** First wait and longest one, before jitter; milliseconds. */
const FIRST = 300;
const LONGEST = 10_000;

/**
 * How long to wait before attempt `attempt + 1`, in milliseconds: doubling from `first` to 10,000,
 * between half and all of it by `random` (so that many clients do not come back at once), and never
 * less than the server asked for.
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
