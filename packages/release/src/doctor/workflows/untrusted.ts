import {
  entriesOf,
  referencesIn,
  textAt,
  valueAt,
  type Workflow,
} from '@ameide/source-files/workflows';

// https://docs.github.com/en/actions/concepts/security/script-injections, and what GitHub's own CodeQL
// query actions/code-injection counts as its sources.

/** Parts of an event that a person writes. */
const WRITTEN =
  /(?:^|\.)(?:title|body|message|name|email|ref|label|default_branch|page_name|head_ref|login|tag_name|target_commitish|description|homepage|display_title|head_branch|path|text|comment|client_payload|inputs)(?:\.|$)/;
/** Numbers, ids and hashes are no text; nor is the event's own name. */
const CONTEXTS = /^(?:github\.event\.|github\.(?:head_ref|base_ref|ref_name|ref)$|inputs\.)/;

/** The reference in an expression whose text others choose; undefined if there is none. */
export function untrustedIn(body: string, workflow: Workflow): string | undefined {
  return referencesIn(withoutTests(body)).find(
    (one) =>
      CONTEXTS.test(one) &&
      (!one.startsWith('github.event.') || WRITTEN.test(one.slice('github.event.'.length))) &&
      !isSafeInput(one, workflow),
  );
}

/** An input that is not free text, whichever way the workflow is started. */
function isSafeInput(reference: string, { root }: Workflow): boolean {
  const [, name] = /^(?:github\.event\.)?inputs\.([^.]+)$/.exec(reference) ?? [];
  if (name === undefined) return false;
  const types = ['workflow_dispatch', 'workflow_call'].flatMap((event) =>
    entriesOf(valueAt(root, 'on', event, 'inputs'))
      .filter(({ key }) => key.text.toLowerCase() === name)
      .map(({ value }) => textAt(value, 'type') ?? 'string'),
  );
  return types.length > 0 && types.every((one) => /^(?:boolean|number|choice)$/.test(one));
}

/** What is only compared, or asked for what it contains, does not become part of the result. */
export function withoutTests(body: string): string {
  const bare = body
    .replaceAll(/\b(?:contains|startsWith|endsWith|hashFiles)\s*\([^()]*\)/gi, ' ')
    .replaceAll(/[\w.\-[\]*]+\s*(?:==|!=|<=?|>=?)\s*(?:'[^']*'|[\w.-]+)/g, ' ');
  // In `a && b`, b is the result; a is one only if it is false.
  return bare.replaceAll(/[\w.\-[\]*!\s]+&&/g, ' ');
}
