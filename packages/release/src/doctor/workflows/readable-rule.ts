import type { Rule } from '../finding.ts';
import type { WorkflowFacts } from './facts.ts';
import { workflowRule } from './report.ts';

export const workflowReadable: Rule<WorkflowFacts> = workflowRule(
  {
    name: 'workflow-readable',
    ofGenerated: true,
    title: 'Every workflow is YAML that can be read.',
    why: 'GitHub does not run a workflow that it cannot read, and no rule can look into it.',
  },
  ({ workflows }) =>
    workflows.flatMap(({ path, problems, root, text }) => {
      const [first] = problems;
      if (first !== undefined)
        return {
          path,
          text,
          offset: first.start,
          message: `The file is not valid YAML: ${first.message.replace(/\.$/, '')}.`,
          hint: 'Correct the line, or remove the file.',
        };
      // Somebody has switched off the whole workflow.
      const isCommentedOut = text.trim() !== '' && /^(?:\s*(?:#.*)?(?:\n|$))*$/.test(text);
      if (root !== undefined || isCommentedOut) return [];
      return {
        path,
        text,
        offset: 0,
        message: 'The file contains no workflow.',
        hint: 'Write one, or remove the file.',
      };
    }),
);
