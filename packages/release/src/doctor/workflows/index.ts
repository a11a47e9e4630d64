import type { Rule } from '../finding.ts';
import { actionUnpinned } from './action-rules.ts';
import { checkoutCredentials, checkoutShallow } from './checkout-rules.ts';
import { publishConcurrency } from './concurrency-rule.ts';
import type { WorkflowFacts } from './facts.ts';
import { goGetByMajor } from './go-rules.ts';
import { imageLabels } from './image-rules.ts';
import { installFilter, installLockfile } from './install-rules.ts';
import { permissionsMissing, permissionsWide } from './permission-rules.ts';
import { publishBeside, publishErrorIgnored, publishOnPullRequest } from './publishing-rules.ts';
import { workflowReadable } from './readable-rule.ts';
import { secretInScript, secretScope, untrustedText } from './secret-rules.ts';
import { publishSkipped } from './skip-rules.ts';
import { pythonVersionRewritten, versionByHand } from './version-rules.ts';

export type { NamedArtifact, WorkflowFacts } from './facts.ts';
export { publishBeside } from './publishing-rules.ts';
export { readWorkflowFacts } from './read-facts.ts';

/** The rules about workflows, actions, and the scripts that they call. */
export const workflowRules: readonly Rule<WorkflowFacts>[] = [
  workflowReadable,
  installFilter,
  installLockfile,
  goGetByMajor,
  pythonVersionRewritten,
  versionByHand,
  publishBeside,
  publishErrorIgnored,
  publishSkipped,
  publishConcurrency,
  publishOnPullRequest,
  checkoutShallow,
  checkoutCredentials,
  actionUnpinned,
  permissionsMissing,
  permissionsWide,
  secretScope,
  secretInScript,
  untrustedText,
  imageLabels,
];
