import { InvalidInputError, type SigningIdentity } from '@ameide/versioning-core';

/** Branches that GitHub makes of changes which nobody has merged yet. */
const QUEUE = 'refs/heads/gh-readonly-queue/';
const ANY = ['refs/tags/*', 'refs/heads/*'];

/**
 * Returns the regular expression (RE2, without look-around) of the names that the certificates of an identity
 * have: the workflow's file and the ref of its run. Throws `InvalidInputError` for a workflow of another
 * repository: its certificates name that one, and any repository may call it.
 */
export function identityPattern({ refs, repository, workflow }: SigningIdentity): string {
  if (workflow.startsWith('https://') && !workflow.startsWith(`${repository}/`))
    throw foreign(workflow);
  const file = workflow.startsWith('https://') ? workflow.slice(repository.length + 1) : workflow;
  // GitLab puts two slashes between the project and the file.
  return `^${escaped(repository)}//?${escaped(file)}@(?:${(refs ?? ANY).map(refPattern).join('|')})$`;
}

function refPattern(ref: string): string {
  if (!ref.endsWith('*')) return escaped(ref);
  const start = ref.slice(0, -1);
  const rest = QUEUE.startsWith(start) ? notBeginningWith(QUEUE.slice(start.length)) : '.*';
  return `${escaped(start)}${rest}`;
}

/** Something that begins otherwise: at one of the characters it differs, or ends there. */
function notBeginningWith(text: string): string {
  const differing = Array.from(text, (character, index) => {
    const same = escaped(text.slice(0, index));
    return index === 0 ? `[^${character}].*` : `${same}(?:[^${character}].*)?`;
  });
  return `(?:${differing.join('|')})`;
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
}

function foreign(workflow: string): InvalidInputError {
  return new InvalidInputError({
    field: 'signatures.identity.workflow',
    received: workflow,
    expected:
      'a workflow of the repository itself, because admission sees no other name in a certificate',
    hint: 'Render the rules for tags alone (engine "kubernetes"); ameide-release deploy check --online verifies who called the workflow.',
  });
}
