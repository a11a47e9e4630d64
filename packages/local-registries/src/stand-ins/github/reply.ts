/** An answer. `body` is sent as JSON. */
export interface Reply {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** The bytes of a file, in place of `body`. */
  readonly file?: Uint8Array;
}

const DOCUMENTATION = 'https://docs.github.com/rest';

export function ok(body: unknown, headers?: Readonly<Record<string, string>>): Reply {
  return headers === undefined ? { status: 200, body } : { status: 200, body, headers };
}

export const NO_CONTENT: Reply = { status: 204 };

export function refuse(status: number, message: string): Reply {
  const body = { message, documentation_url: DOCUMENTATION, status: `${status}` };
  return { status, body };
}

export const NOT_FOUND: Reply = refuse(404, 'Not Found');

/** One entry of the `errors` of a 422. */
export interface FieldError {
  readonly resource: string;
  readonly code: string;
  readonly field?: string;
  readonly message?: string;
}

export function invalid(...errors: readonly FieldError[]): Reply {
  const body = { message: 'Validation Failed', errors, documentation_url: DOCUMENTATION };
  return { status: 422, body: { ...body, status: '422' } };
}

const PAGE = 30;
const LARGEST_PAGE = 100;

/** Answers one page of a list, with the `Link` header that leads to the others. */
export function page(items: readonly unknown[], url: URL): Reply {
  const size = Math.min(Number(url.searchParams.get('per_page') ?? PAGE), LARGEST_PAGE);
  const number = Number(url.searchParams.get('page') ?? 1);
  const last = Math.max(1, Math.ceil(items.length / size));
  const links = Object.entries({
    prev: number > 1 ? number - 1 : undefined,
    next: number < last ? number + 1 : undefined,
    last: number < last ? last : undefined,
    first: number > 1 ? 1 : undefined,
  }).flatMap(([rel, to]) => (to === undefined ? [] : [`<${pageUrl(url, to)}>; rel="${rel}"`]));
  const body = items.slice((number - 1) * size, number * size);
  return links.length === 0 ? ok(body) : ok(body, { link: links.join(', ') });
}

function pageUrl(url: URL, number: number): string {
  const other = new URL(url);
  other.searchParams.set('page', `${number}`);
  return other.href;
}
