import type { IncomingMessage } from 'node:http';
import { parseBasicCredentials, sameSecret } from '../basic-credentials.ts';
import type { TrustedPublisher } from '../trusted-publishing/trusted-publisher.ts';
import { normalizeName } from './project-name.ts';
import { badRequest, Refusal } from './refusal.ts';
import type { PythonTrust } from './trusted-publishing.ts';

/** PyPI's limit for one file, 100 MiB, and room for the rest of the form. */
const LARGEST_UPLOAD = 101 * 1024 * 1024;

/** Who may upload. */
export interface UploadRights {
  /** The token for every project. */
  readonly token: string;
  readonly trust: PythonTrust | undefined;
}

export interface UploadRequest {
  readonly form: FormData;
  /** The trusted publisher that sends it. */
  readonly publisher?: TrustedPublisher;
}

/** Checks the sender of an upload and reads its form. Throws a `Refusal`. */
export async function readUpload(
  request: IncomingMessage,
  rights: UploadRights,
): Promise<UploadRequest> {
  const projects = authenticate(request, rights);
  const form = await readForm(request);
  if (projects === 'all') return { form };
  refuseOthers(projects, form);
  const given = parseBasicCredentials(request.headers.authorization);
  const publisher = rights.trust?.publisherOf(given?.password ?? '');
  return publisher === undefined ? { form } : { form, publisher };
}

/**
 * Returns the projects that the sender may upload to. To an upload from an unknown sender PyPI answers 403, never 401.
 */
function authenticate(
  request: IncomingMessage,
  { token, trust }: UploadRights,
): 'all' | ReadonlySet<string> {
  const given = parseBasicCredentials(request.headers.authorization);
  if (given && given.user !== '__token__') {
    throw new Refusal(
      403,
      'Username/Password authentication is no longer supported. Migrate to API Tokens or Trusted Publishers instead.',
    );
  }
  if (given !== undefined && sameSecret(given.password, token)) return 'all';
  const projects = given === undefined ? undefined : trust?.projectsOf(given.password);
  if (projects === undefined)
    throw new Refusal(403, 'Invalid or non-existent authentication information.');
  return projects;
}

/** A minted token is for the projects of its publisher. */
function refuseOthers(projects: ReadonlySet<string>, form: FormData): void {
  const name = form.get('name');
  if (typeof name === 'string' && projects.has(normalizeName(name))) return;
  throw new Refusal(403, 'Invalid API Token: project-scoped token is not valid for project');
}

async function readForm(request: IncomingMessage): Promise<FormData> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    // Read and drop the rest, so that the client reads the answer.
    if (length <= LARGEST_UPLOAD) chunks.push(chunk);
  }
  if (length > LARGEST_UPLOAD) throw badRequest('File too large. Limit for project is 100 MB.');
  const headers = { 'content-type': request.headers['content-type'] ?? '' };
  try {
    return await new Response(Buffer.concat(chunks), { headers }).formData();
  } catch {
    throw badRequest('The upload is not a multipart form.');
  }
}
