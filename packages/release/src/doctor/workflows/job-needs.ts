import { actionName, type ShellCommand, textAt } from '@ameide/source-files/workflows';
import { type Call, callOf } from './calls.ts';
import type { JobFacts } from './facts.ts';
import { publishedBy, publishedByAction } from './publishing.ts';

/** Commands of `ameide-release` that write to registries. */
const WRITING = new Set(['publish', 'promote', 'prune', 'withdraw', 'migrate']);

export function isOurs({ program }: Call): boolean {
  return program === 'ameide-release';
}

/** True for a job that publishes, with `ameide-release` or beside it. */
export function publishes(job: JobFacts): boolean {
  return (
    job.steps.some((step) => publishedByAction(step) !== undefined) ||
    callsOf(job).some(
      (call) =>
        (isOurs(call) && call.args.some(({ value }) => WRITING.has(value)) && !isRehearsal(call)) ||
        isPublishingCall(call),
    )
  );
}

function isPublishingCall(call: Call): boolean {
  const found = publishedBy(call, undefined, { packageNames: new Map() });
  return found !== undefined && found.ecosystem !== 'signature' && found.ecosystem !== 'git';
}

function isRehearsal({ args }: Call): boolean {
  return args.some(({ value }) => value === '--dry-run');
}

export function callsOf({ scripts }: JobFacts): readonly Call[] {
  return scripts.flatMap(({ commands }) =>
    commands.flatMap((one: ShellCommand) => callOf(one) ?? []),
  );
}

/** Actions that use neither git's credentials nor a token that may write. */
const HARMLESS =
  /^(?:actions\/(?:checkout|cache|cache\/restore|cache\/save|setup-[a-z]+|upload-artifact|download-artifact)|pnpm\/action-setup|astral-sh\/setup-uv|oven-sh\/setup-bun|docker\/(?:setup-qemu-action|setup-buildx-action|metadata-action|login-action|build-push-action)|dtolnay\/rust-toolchain|swatinem\/rust-cache|golangci\/golangci-lint-action|codecov\/codecov-action|sigstore\/cosign-installer|bufbuild\/buf-setup-action|arduino\/setup-protoc)$/;

/** The actions of a job of which nothing is known; those of this repository are among its steps. */
export function unknownActions({ job, steps }: JobFacts): readonly string[] {
  const used = steps.flatMap(({ step }) => step.uses?.text ?? []);
  const unknown = used.filter((one) => !one.startsWith('./') && !HARMLESS.test(actionName(one)));
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

/** True if a job certainly needs a token that may write `contents`, or may need one. */
export function mayWriteContents(job: JobFacts): boolean {
  if (mayPushWithGit(job) || unknownActions(job).length > 0) return true;
  return (
    callsOf(job).some(
      ({ args, program }) =>
        program === 'gh' ||
        program === 'hub' ||
        program === 'curl' ||
        (program === 'ameide-release' && args.some(({ value }) => WRITING.has(value))),
    ) || passesToken(job)
  );
}

/** True if a job gives its own token to something by hand. */
function passesToken({ job, workflow }: JobFacts): boolean {
  const text = workflow.text.slice(job.body.start, job.body.end);
  return /\$\{\{[^}]*(?:secrets\.GITHUB_TOKEN|github\.token)/i.test(
    text.replaceAll(/^\s*password:.*$/gm, ''),
  );
}

/** True if a job may write packages of GitHub. */
export function mayWritePackages(job: JobFacts): boolean {
  return (
    publishes(job) ||
    unknownActions(job).length > 0 ||
    job.steps.some(({ step }) => actionName(step.uses?.text ?? '') === 'docker/login-action') ||
    callsOf(job).some(({ program }) =>
      /^(?:docker|podman|skopeo|crane|oras|helm|gh|curl|cosign|gradle|gradlew|mvn|dotnet)$/.test(
        program,
      ),
    )
  );
}

/** True if a job may prove who it is. */
export function mayNeedIdentity(job: JobFacts): boolean {
  const usesOidc = job.steps.some(({ step }) => textAt(step.with, 'use_oidc') === 'true');
  return (
    usesOidc ||
    publishes(job) ||
    unknownActions(job).length > 0 ||
    callsOf(job).some(({ program }) =>
      /^(?:cosign|curl|gcloud|aws|az|vault|gh|slsa-verifier|sigstore)$/.test(program),
    )
  );
}
