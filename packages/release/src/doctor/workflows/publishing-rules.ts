import { entryOf, textAt } from '@ameide/source-files/workflows';
import type { Rule } from '../finding.ts';
import { publishedByAction } from './action-publishing.ts';
import { callOf } from './calls.ts';
import { directoriesOf } from './directories.ts';
import type { JobFacts, NamedArtifact, Script, WorkflowFacts } from './facts.ts';
import { isPublishing } from './publish-commands.ts';
import { isTrial, type Publishing, publishedBy } from './publishing.ts';
import { isElsewhere } from './registries.ts';
import { type Hit, hitAt, workflowRule } from './report.ts';
import { publishesByCall } from './reusable.ts';
import { shortText } from './short-text.ts';

export const publishBeside: Rule<WorkflowFacts> = workflowRule(
  {
    name: 'publish-beside',
    ofGenerated: true,
    title: 'One command publishes everything that the definition names.',
    why: 'A second way to publish takes a version that the plan does not know, moves `latest` or `dev` on its own, and leaves an artifact that no SHA leads to.',
  },
  (facts) => [
    ...facts.scripts.flatMap((script) => besideInScript(script, facts)),
    ...facts.workflows.flatMap((workflow) =>
      workflow.jobs.flatMap(({ steps }) =>
        steps.flatMap((step) => {
          const publishing = publishedByAction({ workflow, step });
          const hit = publishing === undefined ? undefined : besideHit(publishing, facts.published);
          if (publishing === undefined || hit === undefined) return [];
          return { path: workflow.path, text: workflow.text, offset: publishing.at.start, ...hit };
        }),
      ),
    ),
  ],
);

function besideInScript(script: Script, facts: WorkflowFacts): readonly Hit[] {
  const directories = directoriesOf(script);
  return script.commands.flatMap((command) => {
    const call = callOf(command);
    if (call === undefined) return [];
    const publishing = publishedBy(call, directories.get(command), facts);
    const hit = publishing === undefined ? undefined : besideHit(publishing, facts.published);
    return hit === undefined ? [] : hitAt(script, command, hit);
  });
}

const INSTEAD: Readonly<Record<Publishing['ecosystem'], string>> = {
  npm: 'Remove it: `ameide-release publish` publishes the npm packages of the definition, each at the version of its commit.',
  pypi: 'Remove it: `ameide-release publish` builds and uploads the Python packages of the definition.',
  oci: 'Remove it: `ameide-release publish` builds, labels, pushes and tags the images of the definition.',
  git: 'Remove it, or push the tag by hand to release: the workflow publishes when the tag `vX.Y.Z` is pushed, and `ameide-release` tags Go modules and, with `publisher-github`, the source.',
  github:
    'Remove it: with `publisher-github` in the definition, `ameide-release publish` writes the tag and the GitHub Release.',
  signature:
    'Sign the digest (`NAME@sha256:…`), or set `sign` in the definition: a tag can name another image before the signature is made.',
};

/** Undefined for what certainly publishes something else. */
function besideHit(
  publishing: Publishing,
  published: readonly NamedArtifact[],
): Pick<Hit, 'message' | 'hint'> | undefined {
  const { ecosystem, names, of = '', registry, what } = publishing;
  const hint = INSTEAD[ecosystem];
  if (ecosystem === 'signature') return { message: `\`${what}\` signs by a tag.`, hint };
  const own = published.filter((one) => one.ecosystem === ecosystem && !isElsewhere(registry, one));
  if (own.length === 0 && isTrial(publishing)) return undefined;
  const shared = own.filter(({ name }) => isNamed(name, names)).map(({ name }) => name);
  if (shared.length > 0)
    return {
      message: `\`${what}\` publishes ${shared.join(', ')}, which the definition publishes, too.`,
      hint,
    };
  const isRegistry = ecosystem === 'npm' || ecosystem === 'pypi' || ecosystem === 'oci';
  if (published.length > 0 && isRegistry && (names !== undefined || own.length === 0))
    return undefined;
  if (published.length === 0 && !isRegistry) return undefined;
  const object = isRegistry ? 'what it publishes' : 'it';
  return {
    message:
      published.length === 0
        ? `\`${what}\`${of} publishes beside \`ameide-release\`.`
        : isRegistry
          ? `\`${what}\` may publish what the definition publishes, too: it does not say what.`
          : `\`${what}\`${of} may make a tag or a release of a version that the definition publishes.`,
    hint:
      published.length === 0
        ? `Name ${object} in the definition, and then: ${hint.charAt(0).toLowerCase()}${hint.slice(1)}`
        : hint,
  };
}

function isNamed(name: string, names: readonly string[] = []): boolean {
  return names.some((one) =>
    one.endsWith('/*') ? name.startsWith(one.slice(0, -1)) : name === one,
  );
}

export const publishOnPullRequest: Rule<WorkflowFacts> = workflowRule(
  {
    name: 'publish-on-pull-request-target',
    ofGenerated: true,
    title: 'Nothing is published for `pull_request_target`.',
    why: 'That event runs with the secrets of the repository for anybody’s pull request, so a stranger’s code is published in your name.',
  },
  (facts) =>
    facts.workflows.flatMap((workflow) => {
      const event = workflow.events.find(({ text }) => text === 'pull_request_target');
      const job = facts.jobs.find(
        (one) => one.workflow === workflow && publishesByCall(one, facts) && !isForOtherEvents(one),
      );
      if (event === undefined || job === undefined) return [];
      return {
        path: workflow.path,
        text: workflow.text,
        offset: event.start,
        message: `The job ${job.job.id} publishes, and \`pull_request_target\` starts it for anybody’s pull request.`,
        hint: 'Publish on `push` alone; use `pull_request`, which has no secrets, to test.',
      };
    }),
);

/** `if: github.event_name == 'push'`, perhaps with more that must hold. */
function isForOtherEvents({ job }: JobFacts): boolean {
  const condition = textAt(job.body, 'if') ?? '';
  return (
    /github\.event_name\s*==\s*'(?!pull_request_target')/.test(condition) &&
    !condition.includes('||')
  );
}

export const publishErrorIgnored: Rule<WorkflowFacts> = workflowRule(
  {
    name: 'publish-error-ignored',
    ofGenerated: true,
    title: 'A failed publish fails its job.',
    why: 'Otherwise the run is green while one registry lacks the version, and the next run cannot tell a failure from "already published".',
  },
  (facts) => [
    ...facts.scripts.flatMap((script) => ignoredInScript(script)),
    ...facts.jobs.flatMap((job) => continued(job)),
  ],
);

function ignoredInScript(script: Script): readonly Hit[] {
  return script.commands.flatMap((command) => {
    if (!isPublishing(command) || command.onFailure === undefined) return [];
    if (!isIgnoring(command.onFailure)) return [];
    return hitAt(script, command, {
      message: `A failure of \`${shortText(command)}\` is ignored: \`|| ${command.onFailure.split('\n', 1)[0]}\`.`,
      hint: 'Let it fail. `ameide-release publish` can run again: what is there already with the same content is no error.',
    });
  });
}

/** A handler that neither fails itself nor tries again. */
function isIgnoring(handler: string): boolean {
  return (
    /^(?:true|:|echo\b|printf\b|exit 0$)/.test(handler) ||
    (/^\{\s*(?:true|:|echo\b)/.test(handler) &&
      !/\bexit [1-9$]|\bfalse\b|\breturn [1-9]/.test(handler))
  );
}

function continued(job: JobFacts): readonly Hit[] {
  const steps = job.steps
    .filter(
      ({ step, workflow }) =>
        publishedByAction({ workflow, step }) !== undefined ||
        job.scriptsOf(step).some(({ commands }) => commands.some(isPublishing)),
    )
    .map(({ step, workflow }) => ({
      body: step.body,
      workflow,
      who: 'The job',
      what: 'this step',
    }));
  const whole = { body: job.job.body, workflow: job.workflow, who: 'The run', what: 'this job' };
  return [...steps, ...(steps.length > 0 ? [whole] : [])].flatMap(
    ({ body, what, who, workflow }) => {
      const entry = entryOf(body, 'continue-on-error');
      if (entry === undefined || textAt(body, 'continue-on-error') !== 'true') return [];
      return {
        path: workflow.path,
        text: workflow.text,
        offset: entry.key.start,
        message: `${who} goes on as if it had published when ${what} fails.`,
        hint: 'Remove `continue-on-error`. `ameide-release publish` can run again: what is there already with the same content is no error.',
      };
    },
  );
}
