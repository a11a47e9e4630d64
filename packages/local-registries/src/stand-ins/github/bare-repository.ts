import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gitEnvironment } from '../../git-host/bare-repository.ts';

const run = promisify(execFile);

/** A ref, and the object that it names. */
export interface Ref {
  /** `refs/tags/v1.0.0`. */
  readonly ref: string;
  readonly sha: string;
  readonly type: string;
}

interface GitPerson {
  readonly name: string;
  readonly email: string;
  /** ISO 8601. */
  readonly date: string;
}

export interface GitCommit {
  readonly sha: string;
  readonly tree: string;
  readonly parents: readonly string[];
  readonly author: GitPerson;
  readonly committer: GitPerson;
  readonly message: string;
}

interface GitTag {
  readonly sha: string;
  readonly tag: string;
  readonly object: string;
  readonly type: string;
  readonly tagger: GitPerson;
  readonly message: string;
}

export interface TreeEntry {
  readonly path: string;
  readonly mode: string;
  readonly sha: string | null;
}

/** A real bare repository: its refs are the refs that GitHub's API shows. */
export interface BareRepository {
  readonly directory: string;
  ref(name: string): Promise<Ref | undefined>;
  /** Lists the refs that begin with `prefix`. */
  refs(prefix: string): Promise<readonly Ref[]>;
  /** Resolves a branch, a tag or an id to a commit. */
  commitOf(revision: string): Promise<string | undefined>;
  typeOf(sha: string): Promise<string | undefined>;
  commit(sha: string): Promise<GitCommit>;
  tag(sha: string): Promise<GitTag>;
  isAncestor(older: string, newer: string): Promise<boolean>;
  /** Sets a ref. `over` is what it names now, `undefined` if it must not exist. */
  set(ref: string, sha: string, over: string | undefined): Promise<boolean>;
  remove(ref: string): Promise<void>;
  /** Stores a file. Returns its id. */
  addBlob(content: Uint8Array): Promise<string>;
  /** Stores the base tree, or an empty one, with these entries in it; `sha: null` removes one. Returns its id. */
  addTree(base: string | undefined, entries: readonly TreeEntry[]): Promise<string>;
  addCommit(tree: string, parents: readonly string[], message: string): Promise<string>;
  /** How many commits the one has that the other has not. */
  commitsBetween(older: string, newer: string): Promise<number>;
  /** Makes a first commit on `main`. */
  commitReadme(name: string): Promise<void>;
}

export function openBareRepository(directory: string, home: string): BareRepository {
  const env = {
    ...gitEnvironment(home),
    GIT_AUTHOR_NAME: 'git host',
    GIT_AUTHOR_EMAIL: 'git@host',
  };
  const git = async (...args: readonly string[]): Promise<string> =>
    (await run('git', ['-C', directory, ...args], { env })).stdout.trimEnd();
  const attempt = async (...args: readonly string[]): Promise<string | undefined> =>
    git(...args).catch(() => undefined);
  const refs = async (prefix: string): Promise<readonly Ref[]> => {
    const format = '--format=%(refname) %(objectname) %(objecttype)';
    const lines = (await git('for-each-ref', format)).split('\n').filter((line) => line !== '');
    return lines.flatMap((line) => {
      const [ref = '', sha = '', type = ''] = line.split(' ');
      return ref.startsWith(prefix) ? [{ ref, sha, type }] : [];
    });
  };
  return {
    directory,
    refs,
    ref: async (name) => (await refs(name)).find(({ ref }) => ref === name),
    commitOf: async (revision) =>
      attempt('rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`),
    typeOf: async (sha) => attempt('cat-file', '-t', sha),
    commit: async (sha) => parseCommit(sha, await git('cat-file', 'commit', sha)),
    tag: async (sha) => parseTag(sha, await git('cat-file', 'tag', sha)),
    isAncestor: async (older, newer) =>
      (await attempt('merge-base', '--is-ancestor', older, newer)) !== undefined,
    set: async (ref, sha, over) =>
      (await attempt('update-ref', ref, sha, over ?? '0'.repeat(sha.length))) !== undefined,
    remove: async (ref) => void (await git('update-ref', '-d', ref)),
    addBlob: async (content) =>
      withInput(['hash-object', '-w', '--stdin'], content, directory, env),
    async addTree(base, entries) {
      const index = join(directory, `index-${randomUUID()}`);
      const own = { ...env, GIT_INDEX_FILE: index };
      const lines = entries.map(({ mode, path, sha }) =>
        sha === null ? `0 ${'0'.repeat(40)}\t${path}\n` : `${mode} ${sha}\t${path}\n`,
      );
      try {
        await run('git', ['-C', directory, 'read-tree', base ?? '--empty'], { env: own });
        await withInput(['update-index', '--index-info'], lines.join(''), directory, own);
        const { stdout } = await run('git', ['-C', directory, 'write-tree'], { env: own });
        return stdout.trim();
      } finally {
        await rm(index, { force: true });
      }
    },
    addCommit: async (tree, parents, message) =>
      git('commit-tree', tree, ...parents.flatMap((one) => ['-p', one]), '-m', message),
    commitsBetween: async (older, newer) =>
      Number(await git('rev-list', '--count', `${older}..${newer}`)),
    async commitReadme(name) {
      const empty = await git('hash-object', '-t', 'tree', '-w', '/dev/null');
      const commit = await git('commit-tree', empty, '-m', `Initial commit of ${name}`);
      await git('update-ref', 'refs/heads/main', commit);
    },
  };
}

async function withInput(
  args: readonly string[],
  input: Uint8Array | string,
  directory: string,
  env: NodeJS.ProcessEnv,
): Promise<string> {
  const started = run('git', ['-C', directory, ...args], { env });
  started.child.stdin?.end(input);
  return (await started).stdout.trim();
}

function parseCommit(sha: string, text: string): GitCommit {
  const { all, one, message } = parseObject(text);
  return {
    sha,
    tree: one('tree'),
    parents: all('parent'),
    author: person(one('author')),
    committer: person(one('committer')),
    message,
  };
}

function parseTag(sha: string, text: string): GitTag {
  const { one, message } = parseObject(text);
  const [tag, object, type] = [one('tag'), one('object'), one('type')];
  return { sha, tag, object, type, tagger: person(one('tagger')), message };
}

function parseObject(text: string) {
  const cut = text.indexOf('\n\n');
  const lines = (cut < 0 ? text : text.slice(0, cut)).split('\n');
  const all = (key: string): readonly string[] =>
    lines.flatMap((line) => (line.startsWith(`${key} `) ? [line.slice(key.length + 1)] : []));
  const message = cut < 0 ? '' : text.slice(cut + 2);
  return { all, one: (key: string): string => all(key)[0] ?? '', message };
}

function person(line: string): GitPerson {
  const [, name = '', email = '', seconds = '0'] = /^(.*) <(.*)> (\d+)/.exec(line) ?? [];
  return { name, email, date: isoTime(Number(seconds) * 1000) };
}

/** Writes a time as GitHub does. `ms` are Unix milliseconds. */
export function isoTime(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
}
