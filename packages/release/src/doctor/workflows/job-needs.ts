import { actionName, localPath, type ShellCommand, textAt } from '@ameide/source-files/workflows';
import { publishedByAction } from './action-publishing.ts';
import { BUILT_IN } from './called-scripts.ts';
import {
  type Call,
  callOf,
  isComputed,
  type PackageManagerCall,
  packageManagerCall,
} from './calls.ts';
import type { JobFacts } from './facts.ts';
import { isBuilding, isReleaseName } from './known-programs.ts';
import { isTrial, type Publishing, publishedBy } from './publishing.ts';

/** Commands of `ameide-release` that write to registries. */
const WRITING = new Set(['publish', 'promote', 'prune', 'withdraw', 'migrate']);

export function isOurs({ program }: Call): boolean {
  return program === 'ameide-release';
}

/** True for a job that publishes, with `ameide-release` or beside it. */
export function publishes(job: JobFacts): boolean {
  return ecosystems(job).size > 0;
}

/** The same without images: a push of one is whole or nothing. */
export function publishesPackages(job: JobFacts): boolean {
  return [...ecosystems(job)].some((one) => one !== 'oci');
}

function ecosystems(job: JobFacts): ReadonlySet<string> {
  const byAction = job.steps.flatMap((step) => ecosystemOf(publishedByAction(step)));
  const byCommand = callsOf(job).flatMap((call) => {
    const isWriting = call.args.some(({ value }) => WRITING.has(value)) && !isRehearsal(call);
    if (isOurs(call)) return isWriting ? ['ours'] : [];
    return ecosystemOf(publishedBy(call, undefined, { packageNames: new Map() }));
  });
  return new Set([...byAction, ...byCommand].filter((one) => one !== 'signature' && one !== 'git'));
}

function ecosystemOf(publishing: Publishing | undefined): readonly string[] {
  return publishing === undefined || isTrial(publishing) ? [] : [publishing.ecosystem];
}

function isRehearsal({ args }: Call): boolean {
  return args.some(({ value }) => value === '--dry-run');
}

function callsOf({ scripts }: Pick<JobFacts, 'scripts'>): readonly Call[] {
  return scripts.flatMap(({ commands }) =>
    commands.flatMap((one: ShellCommand) => callOf(one) ?? []),
  );
}

/** Actions that use neither git's credentials nor a token that may write. */
const HARMLESS =
  /^(?:actions\/(?:checkout|cache|cache\/restore|cache\/save|setup-[a-z]+|upload-artifact|download-artifact)|pnpm\/action-setup|astral-sh\/setup-uv|oven-sh\/setup-bun|docker\/(?:setup-qemu-action|setup-buildx-action|metadata-action|login-action|build-push-action)|dtolnay\/rust-toolchain|swatinem\/rust-cache|golangci\/golangci-lint-action|codecov\/codecov-action|sigstore\/cosign-installer|bufbuild\/buf-setup-action|arduino\/setup-protoc)$/;

/** The actions of a job of which nothing is known; those of this repository are among its steps, or unfollowed. */
export function unknownActions({ job, steps }: JobFacts): readonly string[] {
  const used = steps.flatMap(({ step }) => step.uses?.text ?? []);
  const unknown = used.filter(
    (one) => localPath(one) === undefined && !HARMLESS.test(actionName(one)),
  );
  return job.uses === undefined ? unknown : [...unknown, job.uses.text];
}

const PUSHING_ACTIONS =
  /^(?:peter-evans\/create-pull-request|changesets\/action|stefanzweifel\/git-auto-commit-action|endbug\/add-and-commit|ad-m\/github-push-action|jamesives\/github-pages-deploy-action|peaceiris\/actions-gh-pages|cycjimmy\/semantic-release-action|goreleaser\/goreleaser-action|googleapis\/release-please-action|autofix-ci\/action|crazy-max\/ghaction-github-pages|mathieudutour\/github-tag-action|phips28\/gh-action-bump-version)$/;
const PUSHING_PROGRAMS = new Set([
  'lerna',
  'semantic-release',
  'release-it',
  'np',
  'bumpp',
  'goreleaser',
  'mike',
  'gh-pages',
]);
/** True if a job pushes with git, or runs something that may. */
export function mayPushWithGit(job: JobFacts): boolean {
  if (job.steps.some(({ step }) => PUSHING_ACTIONS.test(actionName(step.uses?.text ?? ''))))
    return true;
  return callsOf(job).some(({ args, program }) => {
    const values = args.map(({ value }) => value);
    if (program === 'git')
      return values.some((one) => /^(?:push|pull|fetch|submodule|ls-remote)$/.test(one));
    if (program === 'mkdocs') return values[0] === 'gh-deploy';
    if (PUSHING_PROGRAMS.has(program)) return true;
    // What such a script does is not written in shell.
    return (
      /^(?:node|python[\d.]*|deno|tsx|ts-node|ruby)$/.test(program) && values.some(isReleaseName)
    );
  });
}

/** True for a job of which everything is known, and nothing does more than build and test. */
function onlyBuilds(job: JobFacts): boolean {
  if (unknownActions(job).length > 0 || job.unfollowed.length > 0 || publishes(job)) return false;
  return callsOf(job).every((call) => {
    if (isOurs(call) || isBuilding(call) || isFollowed(call)) return true;
    const manager = packageManagerCall(call);
    if (manager !== undefined) return isPlain(manager);
    return (
      call.program === 'git' && !call.args.some(({ value }) => /^(?:push|commit|tag)$/.test(value))
    );
  });
}

/** A file of the repository, or inline code: what it runs is among the commands of the job, or unfollowed. */
function isFollowed({ program, word }: Call): boolean {
  return (
    /^(?:node|python[\d.]*)$/.test(program) ||
    /^\$[({]MAKE[)}]$/.test(word.value) ||
    (word.value.includes('/') && !/^\/|node_modules\/\.bin\//.test(word.value)) ||
    isComputed(word.value)
  );
}

/** Installing, or running a script, whose commands are among those of the job. */
function isPlain({ command, manager }: PackageManagerCall): boolean {
  const word = command?.value ?? 'install';
  return PLAIN.test(word) || (manager !== 'npm' && !BUILT_IN.test(word));
}

const PLAIN =
  /^(?:install|i|in|ci|add|exec|list|ls|audit|config|dedupe|prune|test|start|run|run-script|t)$/;

/** True if a job needs a token that may write `contents`, or may need one. */
export function mayWriteContents(job: JobFacts): boolean {
  return !onlyBuilds(job) || mayPushWithGit(job) || passesToken(job);
}

/** True if a job gives its own token to something by hand. */
function passesToken({ job, workflow }: JobFacts): boolean {
  const text = workflow.text.slice(job.body.start, job.body.end);
  return /\$\{\{[^}]*(?:secrets\.GITHUB_TOKEN|github\.token)/i.test(
    text.replaceAll(/^[^\S\n]*password:.*$/gm, ''),
  );
}

/** True if a job may write to GitHub Packages. */
export function mayWritePackages(job: JobFacts): boolean {
  return !onlyBuilds(job) || uses(job, 'docker/login-action');
}

/** True if a job may prove who it is. */
export function mayNeedIdentity(job: JobFacts): boolean {
  return !onlyBuilds(job) || job.steps.some(({ step }) => textAt(step.with, 'use_oidc') === 'true');
}

function uses({ steps }: JobFacts, action: string): boolean {
  return steps.some(({ step }) => actionName(step.uses?.text ?? '') === action);
}
