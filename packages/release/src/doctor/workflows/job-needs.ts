import { actionName, localPath, type ShellCommand, textAt } from '@ameide/source-files/workflows';
import { type Call, callOf, packageManagerCall } from './calls.ts';
import type { JobFacts } from './facts.ts';
import { publishedBy, publishedByAction } from './publishing.ts';

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
  const byAction = job.steps.flatMap((step) => publishedByAction(step)?.ecosystem ?? []);
  const byCommand = callsOf(job).flatMap((call) => {
    const isWriting = call.args.some(({ value }) => WRITING.has(value)) && !isRehearsal(call);
    if (isOurs(call)) return isWriting ? ['ours'] : [];
    return publishedBy(call, undefined, { packageNames: new Map() })?.ecosystem ?? [];
  });
  return new Set([...byAction, ...byCommand].filter((one) => one !== 'signature' && one !== 'git'));
}

function isRehearsal({ args }: Call): boolean {
  return args.some(({ value }) => value === '--dry-run');
}

function callsOf({ scripts }: JobFacts): readonly Call[] {
  return scripts.flatMap(({ commands }) =>
    commands.flatMap((one: ShellCommand) => callOf(one) ?? []),
  );
}

/** Actions that use neither git's credentials nor a token that may write. */
const HARMLESS =
  /^(?:actions\/(?:checkout|cache|cache\/restore|cache\/save|setup-[a-z]+|upload-artifact|download-artifact)|pnpm\/action-setup|astral-sh\/setup-uv|oven-sh\/setup-bun|docker\/(?:setup-qemu-action|setup-buildx-action|metadata-action|login-action|build-push-action)|dtolnay\/rust-toolchain|swatinem\/rust-cache|golangci\/golangci-lint-action|codecov\/codecov-action|sigstore\/cosign-installer|bufbuild\/buf-setup-action|arduino\/setup-protoc)$/;

/** The actions of a job of which nothing is known; those of this repository are among its steps. */
function unknownActions({ job, steps }: JobFacts): readonly string[] {
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
const RELEASE_SCRIPT = /(?:release|publish|deploy|version|bump|tag|sync|push|commit)/i;

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
      /^(?:node|python[\d.]*|deno|tsx|ts-node|ruby)$/.test(program) &&
      values.some((one) => RELEASE_SCRIPT.test(one))
    );
  });
}

/** Programs that build, test and look around: none of them writes to GitHub or asks for an identity. */
const BUILDING = new Set(
  `echo printf cd mkdir cp mv rm ls cat test [ [[ set export unset true : tee sleep exit return source . which command chmod touch head tail grep sed awk tr cut sort uniq wc find xargs diff pwd date jq yq local read shift declare readonly
  tsc vitest jest mocha eslint prettier biome oxlint playwright cypress rimraf tsup vite webpack rollup esbuild c8 nyc tap ava knip turbo nx
  go gofmt golangci-lint staticcheck gotestsum pytest tox nox ruff mypy pyright black isort flake8 pip pip3 uv poetry pdm hatch coverage build
  cargo rustup make cmake ninja gcc g++ javac mvn gradle protoc buf docker-compose apt-get apt brew tar unzip zip gzip corepack bash sh`.split(
    /\s+/,
  ),
);

/** True for a job of which every program is known, and none does more than build and test. */
function onlyBuilds(job: JobFacts): boolean {
  if (unknownActions(job).length > 0 || publishes(job)) return false;
  return callsOf(job).every((call) => {
    const values = call.args.map(({ value }) => value);
    if (isOurs(call)) return true;
    if (BUILDING.has(call.program)) return !(call.program === 'go' && values[0] === 'run');
    if (call.program === 'git') return !values.some((one) => /^(?:push|commit|tag)$/.test(one));
    if (/^(?:python[\d.]*|node)$/.test(call.program))
      return /^(?:-m|--test|-[cVp]|--version)$/.test(values[0] ?? '');
    return isKnownScript(call, job);
  });
}

const PLAIN = /^(?:install|i|ci|add|exec|list|ls|audit|config|dedupe|prune|test|run|t)$/;

/** Installing, or running a script that was found, whose commands are among those of the job. */
function isKnownScript(call: Call, { scripts }: JobFacts): boolean {
  const manager = packageManagerCall(call);
  if (manager === undefined)
    return (
      call.word.value.includes('/') && scripts.some(({ path }) => call.word.value.endsWith(path))
    );
  const { command, operands } = manager;
  if (command === undefined || PLAIN.test(command.value)) {
    const name = command?.value === 'run' ? operands[0]?.value : undefined;
    return name === undefined || /^(?:build|test|lint|check|typecheck|format|compile)/.test(name);
  }
  return /^(?:build|test|lint|check|typecheck|format|compile)/.test(command.value);
}

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
