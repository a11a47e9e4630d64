import type { HttpResponse } from '@ameide/publisher-kit';
import type { Problem } from '@ameide/versioning-core';
import { isDigest } from '../image-name.ts';
import { answerProblem, malformed } from '../problems.ts';
import type { RegistryClient } from './client.ts';

/** `unsupported`: the registry has no such list; clients then use a tag, `sha256-<hex>`. */
export type Referrers =
  | { readonly state: 'present'; readonly digests: readonly string[] }
  | { readonly state: 'unsupported' }
  | { readonly state: 'unknown'; readonly problem: Problem };

/** Statuses of registries without the referrers API; the distribution-spec allows only 404. */
const NOT_SERVED: ReadonlySet<number> = new Set([400, 404, 405, 501]);
const PAGES = 100;

/**
 * Lists the manifests whose subject is `digest`: signatures, attestations, SBOMs (distribution-spec,
 * "Listing Referrers").
 */
export async function listReferrers(
  client: RegistryClient,
  digest: string,
  signal: AbortSignal,
): Promise<Referrers> {
  const operation = client.operation('list the referrers of', digest);
  const digests = new Set<string>();
  let url: string | undefined = client.url(`referrers/${digest}`);
  for (let page = 0; url !== undefined && page < PAGES; page += 1) {
    const { problem, response } = await client.session.send(
      { method: 'GET', url, signal },
      'pull',
      operation,
    );
    if (response === undefined) return { state: 'unknown', problem };
    // GHCR redirects this request to GitHub's web site, which answers every path with a page.
    const isElsewhere = URL.parse(response.url)?.origin !== client.session.origin;
    if (page === 0 && (NOT_SERVED.has(response.status) || isElsewhere || isPage(response)))
      return { state: 'unsupported' };
    if (response.status !== 200)
      return { state: 'unknown', problem: answerProblem(operation, response) };
    const found = digestsIn(response);
    if (found === undefined) break;
    for (const one of found) digests.add(one);
    const next = nextPage(response);
    if (next === undefined) return { state: 'present', digests: [...digests] };
    url = next.origin === client.session.origin ? next.href : undefined;
  }
  return { state: 'unknown', problem: malformed(operation, 'it does not list all referrers') };
}

function digestsIn(response: HttpResponse): readonly string[] | undefined {
  try {
    const { manifests } = response.json() as { manifests?: unknown };
    if (!Array.isArray(manifests)) return undefined;
    const found = manifests.map((one: unknown) => (one as { digest?: unknown } | null)?.digest);
    // Whoever may push can do so under a digest of another algorithm.
    return found.every((one) => typeof one === 'string' && one.includes(':'))
      ? found.filter(isDigest)
      : undefined;
  } catch {
    return undefined;
  }
}

function isPage({ headers }: HttpResponse): boolean {
  return (headers.get('content-type') ?? '').includes('html');
}

/** RFC 8288. */
function nextPage({ headers, url }: HttpResponse): URL | undefined {
  const link = /<([^>]*)>\s*;\s*rel="?next"?/i.exec(headers.get('link') ?? '')?.[1];
  return link === undefined ? undefined : (URL.parse(link, url) ?? undefined);
}
