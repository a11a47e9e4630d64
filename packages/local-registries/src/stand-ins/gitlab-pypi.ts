import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { parseBasicCredentials, sameSecret } from '../basic-credentials.ts';
import type { RunningPythonIndex } from '../python-index/index.ts';
import { normalizeName } from '../python-index/project-name.ts';
import { listen } from '../running.ts';
import { createToken, openStateFolder } from '../state-folder.ts';

export interface GitlabPypiOptions {
  /**
   * The Simple API that GitLab sends clients to for a project that it does not have, with a slash
   * at its end: pypi.org's, unless an administrator switches that off.
   */
  readonly forwardTo?: string;
}

interface StoredFile {
  readonly project: string;
  readonly name: string;
  readonly sha256: string;
  readonly requiresPython: string;
  readonly content: Buffer;
}

const PATH = '/api/v4/projects/1/packages/pypi';

/**
 * A stand-in for GitLab's Python index of one public project. In memory.
 *
 * Copied from GitLab's source (`lib/api/pypi_packages.rb`, `app/models/packages/package_file.rb`,
 * `app/presenters/packages/pypi/simple_package_versions_presenter.rb`): pages are HTML with SHA-256
 * and `data-requires-python`, without metadata sidecars and yanks; PEP 691 is behind a feature flag
 * (`pypi_pep_691_json`), here off; 400 for a file name that the version has, whatever its bytes; the
 * digest is the one that the client sent; a project that it does not have is forwarded with 302. Any
 * user name is taken beside a personal access token.
 */
export async function startGitlabPypi(
  options: GitlabPypiOptions = {},
): Promise<RunningPythonIndex> {
  const token = createToken('glpat-local-');
  const files: StoredFile[] = [];
  const server = await listen(await openStateFolder('gitlab-pypi'), async (request, response) => {
    const given = parseBasicCredentials(request.headers.authorization);
    const hasToken = given !== undefined && sameSecret(given.password, token);
    const body = await buffer(request);
    if (!hasToken && (given !== undefined || request.method === 'POST'))
      return answer(response, 401, '401 Unauthorized');
    if (request.method === 'POST' && request.url === PATH)
      return receive(files, response, await formOf(request, body));
    read({ files, options, base: `http://${request.headers.host}${PATH}` }, request, response);
  });
  const [uploadUrl, simpleUrl] = [`${server.url}${PATH}`, `${server.url}${PATH}/simple/`];
  return Object.assign(server, { uploadUrl, simpleUrl, token });
}

async function formOf(request: IncomingMessage, body: Buffer<ArrayBuffer>): Promise<FormData> {
  const headers = { 'content-type': request.headers['content-type'] ?? '' };
  return new Response(body, { headers }).formData();
}

async function receive(
  files: StoredFile[],
  response: ServerResponse,
  form: FormData,
): Promise<void> {
  const text = (field: string): string => {
    const value = form.get(field);
    return typeof value === 'string' ? value : '';
  };
  const content = form.get('content');
  if (!(content instanceof File)) return answer(response, 400, '400 Bad request');
  if (files.some(({ name }) => name === content.name)) {
    const why = 'Validation failed: File name has already been taken';
    return answer(response, 400, `400 Bad request - ${why}`);
  }
  files.push({
    project: text('name'),
    name: content.name,
    sha256: text('sha256_digest'),
    requiresPython: text('requires_python'),
    content: Buffer.from(await content.arrayBuffer()),
  });
  answer(response, 201, '201 Created');
}

interface Index {
  readonly files: readonly StoredFile[];
  readonly options: GitlabPypiOptions;
  /** The index's address as the client knows it. */
  readonly base: string;
}

function read(
  { files, options, base }: Index,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const path = decodeURIComponent(request.url ?? '').slice(PATH.length);
  const [, sha256, name] = /^\/files\/([0-9a-f]{64})\/([^/]+)$/.exec(path) ?? [];
  const file = files.find((one) => one.name === name && one.sha256 === sha256);
  if (file !== undefined) return void response.writeHead(200).end(file.content);
  const project = /^\/simple\/([^/]*)\/?$/.exec(path)?.[1];
  if (project === undefined) return answer(response, 404, '404 Not Found');
  const found = files.filter((one) => normalizeName(one.project) === normalizeName(project));
  if (project !== '' && found.length === 0) {
    return options.forwardTo === undefined
      ? answer(response, 404, '404 Package Not Found')
      : void response.writeHead(302, { location: `${options.forwardTo}${project}/` }).end();
  }
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
  response.end(`<!DOCTYPE html><html><body>${found.map((one) => link(one, base)).join('')}</body>`);
}

function link({ name, requiresPython, sha256 }: StoredFile, base: string): string {
  const python = requiresPython.replaceAll('>', '&gt;').replaceAll('<', '&lt;');
  const href = `${base}/files/${sha256}/${encodeURIComponent(name)}#sha256=${sha256}`;
  return `<a href="${href}" data-requires-python="${python}">${name}</a><br>`;
}

function answer(response: ServerResponse, status: number, message: string): void {
  response
    .writeHead(status, { 'content-type': 'application/json' })
    .end(JSON.stringify({ message }));
}
