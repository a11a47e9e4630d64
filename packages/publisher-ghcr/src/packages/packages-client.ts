import {
  type Answer,
  createRedactor,
  errorAnswer,
  type Http,
  HttpError,
  type HttpRequest,
  type HttpResponse,
  httpProblem,
  type Pace,
  type Secret,
  statusAnswer,
} from '@ameide/publisher-kit';
import { failed, ok, type Problem, problem, type Result } from '@ameide/versioning-core';
import { isDigest } from '../image-name.ts';

/** One version of a container package: a manifest, with a tag or without. */
export interface PackageVersion {
  readonly id: number;
  readonly digest: string;
  readonly tags: readonly string[];
}

export interface PackageLocation {
  /** `https://api.github.com`, without a trailing slash. */
  readonly api: string;
  /** An organisation or a user. */
  readonly owner: string;
  /** The image's name without the owner; may contain slashes. */
  readonly name: string;
}

const PAGE = 100;
const PAGES = 1000;
const MAX_BYTES = 16 * 1024 * 1024;
const READ_ATTEMPTS = 3;

/** GitHub's REST API for the versions of one container package. */
export class PackagesClient {
  readonly #location: PackageLocation;
  readonly #http: Http;
  readonly #token: Secret;
  readonly #pace: Pace;
  #kind: 'orgs' | 'users' | undefined;

  constructor(location: PackageLocation, http: Http, token: Secret, pace: Pace) {
    this.#location = location;
    this.#http = http;
    this.#token = token;
    this.#pace = pace;
  }

  /**
   * Finds out whether an organisation or a user owns the package. Returns a problem if the package cannot
   * be read, or if it is certain that the token may not delete.
   */
  async find(): Promise<Problem | undefined> {
    const what = `read the package ${this.#location.name} of ${this.#location.owner}`;
    for (const kind of ['orgs', 'users'] as const) {
      const { problems, value } = await this.#read(what, this.#address(kind));
      if (value === undefined) return problems[0];
      if (value.status === 404) continue;
      if (value.status !== 200) return this.#refused(what, value);
      this.#kind = kind;
      return this.#lackingScope(what, value);
    }
    return this.#refused(what, { status: 404 });
  }

  /** Lists every version, by digest. */
  async versions(): Promise<Result<ReadonlyMap<string, PackageVersion>>> {
    const what = `list the versions of the package ${this.#location.name}`;
    const found = new Map<string, PackageVersion>();
    for (let page = 1; page <= PAGES; page += 1) {
      const url = `${this.#package()}/versions?per_page=${PAGE}&page=${page}`;
      const { problems, value } = await this.#read(what, url);
      if (value === undefined) return failed(...problems);
      if (value.status !== 200) return failed(this.#refused(what, value));
      const versions = versionsIn(value);
      if (versions === undefined) return failed(this.#malformed(what));
      for (const version of versions) found.set(version.digest, version);
      if (versions.length < PAGE) return ok(found);
    }
    return failed(this.#malformed(what));
  }

  /** Reads one version again. */
  async version(id: number): Promise<Result<PackageVersion | 'absent'>> {
    const what = `read a version of the package ${this.#location.name}`;
    const { problems, value } = await this.#read(what, `${this.#package()}/versions/${id}`);
    if (value === undefined) return failed(...problems);
    if (value.status === 404) return ok('absent');
    if (value.status !== 200) return failed(this.#refused(what, value));
    const version = versionIn(jsonOf(value));
    return version === undefined ? failed(this.#malformed(what)) : ok(version);
  }

  /** Deletes one version, in one attempt. */
  async delete({ digest, id }: PackageVersion): Promise<Answer<Problem>> {
    const what = `delete ${digest} from the package ${this.#location.name}`;
    const url = `${this.#package()}/versions/${id}`;
    try {
      const response = await this.#send({ method: 'DELETE', url });
      return statusAnswer(response, () => this.#refused(what, response));
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      return errorAnswer(error.kind, this.#noAnswer(what, error));
    }
  }

  #address(kind: 'orgs' | 'users'): string {
    const { api, name, owner } = this.#location;
    return `${api}/${kind}/${encodeURIComponent(owner)}/packages/container/${encodeURIComponent(name)}`;
  }

  #package(): string {
    return this.#address(this.#kind ?? 'orgs');
  }

  /** Reads. After too many requests, waits as long as GitHub asks for. */
  async #read(what: string, url: string): Promise<Result<HttpResponse>> {
    try {
      for (let attempt = 1; ; attempt += 1) {
        const response = await this.#send({ method: 'GET', url });
        if (response.status !== 429 || attempt === READ_ATTEMPTS) return ok(response);
        const seconds = Number(response.headers.get('retry-after') ?? '0');
        if (!(await this.#pace.pause(attempt, seconds * 1000))) return ok(response);
      }
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      return failed(this.#noAnswer(what, error));
    }
  }

  async #send(request: Pick<HttpRequest, 'method' | 'url'>): Promise<HttpResponse> {
    const response = await this.#http.request({
      ...request,
      headers: { accept: 'application/vnd.github+json', 'x-github-api-version': '2022-11-28' },
      credential: {
        scheme: 'bearer',
        origin: new URL(this.#location.api).origin,
        token: this.#token,
      },
      maxBytes: MAX_BYTES,
      signal: this.#pace.signal,
    });
    return limited(response);
  }

  /** Answers to a classic token list its scopes; answers to other tokens list none. */
  #lackingScope(what: string, { headers }: HttpResponse): Problem | undefined {
    const scopes = headers.get('x-oauth-scopes')?.split(/\s*,\s*/) ?? [];
    if (scopes.every((scope) => scope === '') || scopes.includes('delete:packages'))
      return undefined;
    return this.#refused(what, { status: 403, statusText: 'no scope delete:packages' });
  }

  #refused(what: string, response: { readonly status: number } & Partial<HttpResponse>): Problem {
    const detail = messageOf(response);
    const found = httpProblem({
      code: 'ghcr',
      what,
      response,
      ...(detail === undefined ? {} : { detail }),
      effect: 'none',
    });
    if (response.status === 404) return { ...found, kind: 'authentication', hint: HINT };
    return found.kind === 'authentication' ? { ...found, hint: HINT } : found;
  }

  #noAnswer(what: string, error: HttpError): Problem {
    const found = httpProblem({ code: 'ghcr', what, error, effect: 'none' });
    const redactor = createRedactor();
    redactor.add(this.#token);
    return { ...found, message: redactor.redact(found.message) };
  }

  #malformed(what: string): Problem {
    return problem({
      code: 'ghcr-malformed',
      kind: 'incomplete',
      message: `Could not ${what}: ${this.#location.api} did not answer as GitHub's API does.`,
      hint: 'Check the option packagesApi: a proxy or a login page may have answered.',
    });
  }
}

const HINT =
  'The token needs the scopes read:packages and delete:packages, and its owner the role Admin in this package. In GitHub Actions: ' +
  'permissions: packages: write, and the role Admin for this repository under "Manage Actions access" in the settings of the ' +
  'package. Fine-grained tokens cannot delete packages. GitHub also answers 404 for what a token may not see.';

/**
 * Turns GitHub's answer to too many requests into a 429 with Retry-After. GitHub answers 403, and for
 * the hourly limit only reports when that ends ("Rate limits for the REST API").
 */
function limited(response: HttpResponse): HttpResponse {
  const { headers, status } = response;
  if (status !== 403 && status !== 429) return response;
  const after = headers.get('retry-after');
  const isUsedUp = headers.get('x-ratelimit-remaining') === '0';
  if (status === 403 && after === null && !isUsedUp) return response;
  const reset = Number(headers.get('x-ratelimit-reset') ?? '0') - Date.now() / 1000;
  const seconds = after ?? (isUsedUp ? `${Math.max(1, Math.ceil(reset))}` : undefined);
  const changed = new Headers(headers);
  if (seconds !== undefined) changed.set('retry-after', seconds);
  return { ...response, status: 429, headers: changed };
}

function versionsIn(response: HttpResponse): readonly PackageVersion[] | undefined {
  const body = jsonOf(response);
  if (!Array.isArray(body)) return undefined;
  const versions = body.map(versionIn);
  return versions.every((one) => one !== undefined) ? versions : undefined;
}

function versionIn(value: unknown): PackageVersion | undefined {
  const { id, metadata, name } = (value ?? {}) as {
    id?: unknown;
    name?: unknown;
    metadata?: { container?: { tags?: unknown } };
  };
  const tags = metadata?.container?.tags;
  const isTags = Array.isArray(tags) && tags.every((tag) => typeof tag === 'string');
  return typeof id === 'number' && isDigest(name) && isTags
    ? { id, digest: name, tags }
    : undefined;
}

function messageOf(response: Partial<HttpResponse>): string | undefined {
  const { message } = (jsonOf(response) ?? {}) as { message?: unknown };
  return typeof message === 'string' ? message : undefined;
}

function jsonOf(response: Partial<Pick<HttpResponse, 'json'>>): unknown {
  try {
    return response.json?.();
  } catch {
    return undefined;
  }
}
