import type { HttpResponse } from '@ameide/publisher-kit';
import { answerProblem, malformed, type Operation } from '../problems.ts';
import type { Read } from './client.ts';
import type { Sent, Session } from './session.ts';

const PAGE = 1000;
const PAGES = 100;
/** For all pages together. */
const LIST_MS = 120_000;

/**
 * Reads every tag of a repository. `absent` if the registry says that there is no such repository,
 * `unknown` if it does not list all.
 */
export async function listTags(
  session: Session,
  repositoryUrl: string,
  operation: Operation,
  signal: AbortSignal,
): Promise<Read<readonly string[]>> {
  const all = new Set<string>();
  let url: string | undefined = `${repositoryUrl}/tags/list?n=${PAGE}`;
  const end = performance.now() + LIST_MS;
  const seen = new Set<string>();
  while (url !== undefined && !seen.has(url) && seen.size < PAGES) {
    seen.add(url);
    const deadlineMs = Math.max(0, Math.round(end - performance.now()));
    const request = { method: 'GET', url, deadlineMs, signal } as const;
    const sent: Sent = await session.send(request, 'pull', operation);
    const { response } = sent;
    if (response === undefined) return { state: 'unknown', problem: sent.problem };
    if (response.status === 404 && isUnknownName(response)) return { state: 'absent' };
    if (response.status !== 200)
      return { state: 'unknown', problem: answerProblem(operation, response) };
    const tags = tagsIn(response);
    if (tags === undefined) break;
    const before = all.size;
    for (const tag of tags) all.add(tag);
    const next: URL | undefined = nextPage(response) ?? pageAfter(tags, all.size > before, url);
    if (next === undefined) return { state: 'present', value: [...all] };
    // The next page must be on the same server.
    url = next.origin === session.origin ? next.href : undefined;
  }
  return { state: 'unknown', problem: malformed(operation, 'it does not list all tags') };
}

/**
 * True if a tag is certainly absent because the registry lists all others, or says that there is no
 * such repository. Some registries refuse (401, 403) a request for a tag that is not there, also
 * with a token that may read and write: Artifactory's virtual repositories are reported to.
 */
export async function isTagUnlisted(
  session: Session,
  repositoryUrl: string,
  tag: string,
  operation: Operation,
  signal: AbortSignal,
): Promise<boolean> {
  const tags = await listTags(session, repositoryUrl, operation, signal);
  return tags.state === 'absent' || (tags.state === 'present' && !tags.value.includes(tag));
}

function tagsIn(response: HttpResponse): readonly string[] | undefined {
  const tags = field(response, 'tags');
  if (tags === null) return [];
  return Array.isArray(tags) && tags.every((tag) => typeof tag === 'string') ? tags : undefined;
}

/** The distribution-spec's code for a repository that is not there. */
function isUnknownName(response: HttpResponse): boolean {
  const errors = field(response, 'errors');
  return (
    Array.isArray(errors) &&
    errors.some((error: unknown) => (error as { code?: unknown } | null)?.code === 'NAME_UNKNOWN')
  );
}

function field(response: HttpResponse, name: string): unknown {
  try {
    return (response.json() as Readonly<Record<string, unknown>> | null)?.[name];
  } catch {
    return undefined;
  }
}

/**
 * Returns the address of the page after a full page without a link: crane's registry sends no link, and
 * leaves out the rest. On a registry that has sent all tags at once, that page has no new tag.
 */
function pageAfter(tags: readonly string[], hasNew: boolean, url: string): URL | undefined {
  const last = tags.at(-1);
  if (tags.length < PAGE || !hasNew || last === undefined) return undefined;
  const next = new URL(url);
  next.searchParams.set('last', last);
  return next;
}

/** RFC 8288: `</v2/…/tags/list?last=…>; rel="next"`. */
function nextPage(response: HttpResponse): URL | undefined {
  const link = /<([^>]*)>\s*;\s*rel="?next"?/i.exec(response.headers.get('link') ?? '')?.[1];
  return link === undefined ? undefined : (URL.parse(link, response.url) ?? undefined);
}
