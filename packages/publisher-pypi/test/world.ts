import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import {
  createHttp,
  gzip,
  type Http,
  openRepository,
  type Processes,
  type ProcessResult,
  packTar,
  type Repository,
} from '@ameide/publisher-kit';
import {
  type Canonical,
  canonical,
  deriveVersions,
  type Member,
  type Publisher,
  type Release,
  type ReleaseEvent,
  type Step,
} from '@ameide/versioning-core';
import { type ZipOptions, zipSync } from 'fflate';
import { parse } from 'smol-toml';
import { extract, type Header } from 'tar-stream';
import { type PypiBuilt, type PypiOptions, type PypiPlan, pypi } from '../src/index.ts';
import { fileNamePart } from '../src/project/names.ts';
import { REPOSITORY } from './plan.fixture.ts';

/** 2025-11-13 15:32:11 UTC. */
export const COMMIT_TIME = 1763047931;

export const PYPROJECT = `[build-system]
requires = ["hatchling==1.28.0"]
build-backend = "hatchling.build"

[project]
name = "Ameide_SDK"  # the author's own spelling
version = '0.0.0'    # stamped by the release
description = "An SDK: for tests"
readme = "README.md"
requires-python = ">=3.9"
dependencies = []

[project.urls]
Home = "https://example.org"

[tool.hatch.build.targets.wheel]
packages = ["src/ameide_sdk"]
`;

export const PROJECT: Readonly<Record<string, string>> = {
  'sdk/pyproject.toml': PYPROJECT,
  'sdk/README.md': '# Ameide SDK\n',
  'sdk/src/ameide_sdk/__init__.py': 'ANSWER = 42\n',
};

const scratch: string[] = [];
const repositories: Repository[] = [];

/** A fresh folder; `removeScratch` removes all of them, and closes the repositories. */
export function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'publisher-pypi-'));
  scratch.push(path);
  return path;
}

export async function removeScratch(): Promise<void> {
  for (const repository of repositories.splice(0)) await repository.close();
  for (const path of scratch.splice(0)) rmSync(path, { recursive: true, force: true });
}

/**
 * A git repository with one commit at COMMIT_TIME. `salt` makes another commit of the same second.
 */
export function commit(files: Readonly<Record<string, string>>, salt = ''): string {
  const root = folder();
  for (const [path, text] of Object.entries({ ...files, 'salt.txt': salt })) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const date = `${COMMIT_TIME} +0000`;
  const env = {
    ...process.env,
    GIT_AUTHOR_DATE: date,
    GIT_COMMITTER_DATE: date,
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_SYSTEM: '/dev/null',
  };
  const git = (...argv: string[]) =>
    execFileSync('git', ['-c', 'user.name=T', '-c', 'user.email=t@example.org', ...argv], {
      cwd: root,
      env,
    });
  git('init', '--quiet', '--initial-branch=main');
  git('add', '--force', '.');
  git('commit', '--quiet', '-m', 'one');
  return root;
}

/** A publisher looking at the repository's commit, with all that its verbs need. */
export interface Opened {
  readonly publisher: Publisher<PypiPlan, PypiBuilt>;
  readonly plan: PypiPlan;
  readonly release: Release;
  readonly sha: string;
  readonly step: () => Step;
  readonly messages: string[];
}

export async function open(
  root: string,
  options: Partial<PypiOptions>,
  members: readonly Member[] = [],
): Promise<Opened> {
  const repository = await openRepository(root);
  repositories.push(repository);
  const sha = await repository.resolve('HEAD');
  const checkout = folder();
  await repository.checkout(sha, checkout);
  const publisher = (await pypi({ directory: 'sdk', ...options }).open(
    repository.source(sha),
  )) as unknown as Publisher<PypiPlan, PypiBuilt>;
  const release = releaseOf(
    canonical({ base: '0.1.0', sha, datetime: await repository.commitTime(sha) }),
    members,
  );
  const messages: string[] = [];
  const step = (): Step => ({
    signal: new AbortController().signal,
    workspace: folder(),
    source: repository.source(sha),
    checkout,
    environment: {},
    history: repository.history(),
    resolve: () => Promise.reject(new Error('no other publisher')),
    emit: (event: ReleaseEvent) => void messages.push(event.message),
  });
  return { publisher, plan: publisher.plan(release), release, sha, step, messages };
}

function releaseOf(tuple: Canonical, members: readonly Member[]): Release {
  const channel = { kind: 'dev' } as const;
  return {
    canonical: tuple,
    channel,
    versions: deriveVersions(tuple, channel, { tags: [] }),
    members,
    repository: REPOSITORY,
  };
}

export async function build(opened: Opened): Promise<PypiBuilt> {
  const result = await opened.publisher.build(opened.plan, opened.step());
  if (result.value !== undefined) return result.value;
  const [{ message, hint }] = result.problems;
  throw new Error(`${message} ${hint}`);
}

/** A request as it left, and what to do with it. */
export interface Sent {
  readonly method: string;
  readonly url: URL;
  /** It carried a credential. */
  readonly authorized: boolean;
  /** The file that an upload carries. */
  readonly file?: string;
  /** How many of its method came before, it included. */
  readonly count: number;
}

/** `reset after`: the server has handled the request, and its answer is lost. */
export type Fault = 'reset after' | number | Response | undefined;

/**
 * The kit's HTTP with no waiting, which keeps a list of what was sent and breaks what the test asks
 * it to.
 */
export function recordedHttp(fault: (sent: Sent) => Fault = () => undefined): {
  http: Http;
  sent: Sent[];
  uploads: () => string[];
} {
  const sent: Sent[] = [];
  const breaking: typeof fetch = async (input, init) => {
    const request = new Request(input, init);
    const { method } = request;
    const count = sent.filter((other) => other.method === method).length + 1;
    const one: Sent = {
      method,
      url: new URL(request.url),
      authorized: request.headers.has('authorization'),
      ...(method === 'POST' ? { file: await uploadedName(request) } : {}),
      count,
    };
    sent.push(one);
    const what = fault(one);
    if (typeof what === 'number') return new Response('Bad things <b>happen</b>', { status: what });
    if (what instanceof Response) return what.clone();
    const response = await fetch(request);
    if (what === undefined) return response;
    throw new TypeError('fetch failed', {
      cause: Object.assign(new Error('reset'), { code: 'ECONNRESET' }),
    });
  };
  const http = createHttp({ fetch: breaking, sleep: async () => undefined, attempts: 2 });
  return {
    http,
    sent,
    uploads: () => sent.flatMap(({ file }) => (file === undefined ? [] : [file])),
  };
}

async function uploadedName(request: Request): Promise<string> {
  const content = (await request.clone().formData()).get('content');
  return content instanceof File ? content.name : 'none';
}

/** Every member of an sdist, with its content. */
export async function sdistMembers(
  path: string,
): Promise<readonly { path: string; header: Header; content: Uint8Array }[]> {
  const members = [];
  const reader = extract();
  reader.end(gunzipSync(readFileSync(path)));
  for await (const source of reader) {
    const { header } = source;
    const pieces: Uint8Array[] = [];
    for await (const piece of source) pieces.push(piece as Uint8Array);
    members.push({ path: header.name, header, content: Buffer.concat(pieces) });
  }
  return members;
}

/** A file of the package that a stub builds, by its path in the module's folder. */
export interface StubFile {
  readonly content: string;
  readonly executable?: boolean;
}

type StubFiles = Readonly<Record<string, StubFile>>;

/**
 * Stands in for uv: writes what a build of the stamped copy would, without a Python. `salt` makes
 * other bytes.
 */
export function stubBuilder(salt = '', files: StubFiles = {}): Processes {
  return {
    which: async (program) => `/stub/${program}`,
    async run({ argv }) {
      const [, verb] = argv;
      if (verb === 'build')
        await writeDistributions(argv.at(-1) ?? '', argv.at(-2) ?? '', salt, files);
      return ran;
    },
  };
}

const ran: ProcessResult = {
  ok: true,
  exitCode: 0,
  stdout: new Uint8Array(),
  stdoutText: '',
  stderrText: '',
  lastLines: [],
  summary: 'uv: done',
};

async function writeDistributions(
  source: string,
  output: string,
  salt: string,
  module: StubFiles,
): Promise<void> {
  const { project } = parse(readFileSync(join(source, 'pyproject.toml'), 'utf8')) as {
    project: { name: string; version: string; urls: Record<string, string> };
  };
  const stem = `${fileNamePart(project.name)}-${project.version}`;
  const urls = Object.entries(project.urls).map(
    ([label, url]) => `Project-URL: ${label}, ${url}\n`,
  );
  const metadata = new TextEncoder().encode(
    `Metadata-Version: 2.4\nName: ${project.name}\nVersion: ${project.version}\n${urls.join('')}\n${salt}\n`,
  );
  const wheel = new TextEncoder().encode(
    'Wheel-Version: 1.0\nGenerator: stub\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
  );
  const ours = Object.entries(module).map(([path, { content, executable = false }]) => ({
    path: `ameide_sdk/${path}`,
    content: new TextEncoder().encode(content),
    executable,
  }));
  const files = {
    ...Object.fromEntries(
      ours.map(({ content, executable, path }) => {
        const attrs = (executable ? 0o100755 : 0o100644) * 0x10000;
        return [path, [content, { os: 3, attrs }] as [Uint8Array, ZipOptions]];
      }),
    ),
    [`${stem}.dist-info/METADATA`]: metadata,
    [`${stem}.dist-info/WHEEL`]: wheel,
    [`${stem}.dist-info/RECORD`]: new Uint8Array(),
  };
  writeFileSync(
    join(output, `${stem}-py3-none-any.whl`),
    zipSync(files, { mtime: COMMIT_TIME * 1000 }),
  );
  const pyproject = readFileSync(join(source, 'pyproject.toml'));
  writeFileSync(
    join(output, `${stem}.tar.gz`),
    await gzip(
      await packTar([
        { path: `${stem}/PKG-INFO`, content: metadata },
        { path: `${stem}/pyproject.toml`, content: pyproject },
        ...ours.map((file) => ({ ...file, path: `${stem}/src/${file.path}` })),
      ]),
    ),
  );
}
