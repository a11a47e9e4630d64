import { InvalidInputError, received } from '../errors.ts';

/** `YYYYMMDDHHMMSS` in UTC, a real calendar time between 1970 and 9999. Sorts as time does. */
export type DateTime = string & { readonly __brand: 'DateTime' };

/** Parses `YYYYMMDDHHMMSS`, Unix seconds, or a Date (milliseconds are dropped). */
export function parseDateTime(value: unknown, field = 'datetime'): DateTime {
  const seconds =
    typeof value === 'number'
      ? value
      : value instanceof Date
        ? Math.floor(value.getTime() / 1000)
        : typeof value === 'string'
          ? secondsOf(value)
          : Number.NaN;
  if (Number.isInteger(seconds) && seconds >= 0 && seconds <= 253402300799) return render(seconds);
  throw new InvalidInputError({
    field,
    received: received(value),
    expected: 'a UTC time as YYYYMMDDHHMMSS (for example 20251113153211), Unix seconds, or a Date',
    hint: 'Print a commit\'s time with: git show -s --format=%ct "HEAD^{commit}"',
  });
}

/** Returns a DateTime as Unix seconds. */
export function unixSeconds(datetime: DateTime): number {
  return secondsOf(datetime);
}

function render(seconds: number): DateTime {
  return new Date(seconds * 1000).toISOString().slice(0, 19).replace(/\D/g, '') as DateTime;
}

function secondsOf(text: string): number {
  const m = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(text);
  if (m === null) return Number.NaN;
  const seconds = Date.parse(`${m[1]}-${m[2]}-${m[3]}T${m[4]}:${m[5]}:${m[6]}Z`) / 1000;
  // Date.parse of some engines turns 30 February into 1 or 2 March. A time is real only if it
  // prints back unchanged.
  return Number.isInteger(seconds) && seconds >= 0 && render(seconds) === text
    ? seconds
    : Number.NaN;
}
