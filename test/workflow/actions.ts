import { chmod, cp, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { component } from '@ameide/local-registries/components';
import { runGit } from '@ameide/publisher-kit/testing';
import type { GithubEvent } from './events.ts';

/** What an action sees of its job. */
export interface ActionJob {
  readonly event: GithubEvent;
  /** The clone, which `checkout` makes. */
  readonly workspace: string;
  /** A folder on the job's PATH. */
  readonly programs: string;
  /** The run's artifacts, one folder each. */
  readonly artifacts: string;
}

type Inputs = Readonly<Record<string, string>>;
type Action = (inputs: Inputs, job: ActionJob) => Promise<void>;

/** What stands in for the actions that the workflow files use: it does what our steps rely on. */
const ACTIONS: Readonly<Record<string, Action>> = {
  'actions/checkout': checkout,
  'actions/upload-artifact': upload,
  'actions/download-artifact': download,
  'actions/setup-node': async (inputs, job) => {
    only(inputs, ['node-version', 'package-manager-cache']);
    await provide(job, { node: process.execPath, npm: found('npm') });
  },
  'pnpm/action-setup': async (inputs, job) => {
    only(inputs, ['version']);
    await provide(job, { pnpm: found('pnpm') });
  },
  'actions/setup-go': async (inputs, job) => {
    only(inputs, ['go-version-file', 'cache']);
    await readFile(join(job.workspace, inputs['go-version-file'] ?? ''));
    await provide(job, { go: found('go') });
  },
  'actions/setup-python': async (inputs, job) => {
    only(inputs, ['python-version']);
    await provide(job, { python3: found('python') });
  },
  'astral-sh/setup-uv': async (inputs, job) => {
    only(inputs, ['version', 'enable-cache']);
    await provide(job, { uv: found('uv') });
  },
};

/** Runs the stand-in of an action, which must be named by its commit. */
export async function runAction(uses: string, inputs: Inputs, job: ActionJob): Promise<void> {
  const [, name = ''] = /^([\w.-]+\/[\w.-]+)@[0-9a-f]{40}$/.exec(uses) ?? [];
  const action = ACTIONS[name];
  if (action === undefined) throw new Error(`nothing stands in for ${uses}`);
  await action(inputs, job);
}

/** As actions/checkout with the whole history: every branch and tag, and the commit of the run. */
async function checkout(inputs: Inputs, { event, workspace }: ActionJob): Promise<void> {
  only(inputs, ['fetch-depth', 'persist-credentials']);
  if (inputs['fetch-depth'] !== '0') throw new Error('a shallow clone is not known here');
  if (inputs['persist-credentials'] !== 'false') throw new Error('credentials would be kept');
  await mkdir(workspace, { recursive: true });
  const git = (...args: readonly string[]): string => runGit(workspace, args);
  git('init', '--quiet');
  const [, kind, name] = /^refs\/(heads|tags|pull)\/(.*)$/s.exec(event.ref) ?? [];
  const branches = '+refs/heads/*:refs/remotes/origin/*';
  const own = kind === 'pull' ? [`+${event.sha}:refs/remotes/pull/${name}`] : [];
  git('fetch', '--quiet', event.origin, branches, '+refs/tags/*:refs/tags/*', ...own);
  git('remote', 'add', 'origin', `https://github.com/${event.repository}`);
  // The branch may have moved on since the run began.
  if (kind === 'heads') git('update-ref', `refs/remotes/origin/${name}`, event.sha);
  const branch = kind === 'heads' ? ['-B', name ?? ''] : ['--detach'];
  git('checkout', '--quiet', ...branch, event.sha);
}

/** As actions/upload-artifact: an artifact is a zip of files alone, without modes, links and empty folders. */
async function upload(inputs: Inputs, { artifacts }: ActionJob): Promise<void> {
  only(inputs, ['name', 'path', 'if-no-files-found', 'include-hidden-files']);
  const { name = '', path = '' } = inputs;
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => !entry.isDirectory());
  if (files.length === 0) throw new Error(`no files were found in ${path}`);
  for (const file of files) {
    const from = join(file.parentPath, file.name);
    const to = join(artifacts, name, relative(path, from));
    await mkdir(dirname(to), { recursive: true });
    await writeFile(to, await readFile(from));
    await chmod(to, 0o644);
  }
}

async function download(inputs: Inputs, { artifacts }: ActionJob): Promise<void> {
  only(inputs, ['name', 'path']);
  const { name = '', path = '' } = inputs;
  await cp(join(artifacts, name), path, { recursive: true });
}

/** Puts programs of this machine on the job's PATH. */
async function provide(
  { programs }: ActionJob,
  paths: Readonly<Record<string, string>>,
): Promise<void> {
  for (const [name, path] of Object.entries(paths)) await symlink(path, join(programs, name));
}

function found(name: Parameters<typeof component>[0]): string {
  const { install, path } = component(name);
  if (path === undefined) throw new Error(`needs ${name}: ${install}`);
  return path;
}

function only(inputs: Inputs, known: readonly string[]): void {
  const other = Object.keys(inputs).find((name) => !known.includes(name));
  if (other !== undefined) throw new Error(`the input ${other} is not known here`);
}
