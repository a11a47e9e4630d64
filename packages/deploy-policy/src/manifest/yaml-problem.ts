import { type Problem, problem } from '@ameide/versioning-core';
import type { ManifestDocument, ManifestFile, YamlFault } from './document.ts';

/** True for a file that a template engine would read: it is no YAML before. */
export function isTemplate({ text }: ManifestFile): boolean {
  return text.includes('{{');
}

/** Says why a document is no YAML, and where. */
export function yamlProblem(
  { offset, what }: YamlFault,
  { positionOf }: Pick<ManifestDocument, 'positionOf'>,
  file: ManifestFile,
): Problem {
  const place = { path: file.path, ...positionOf(offset) };
  if (isTemplate(file))
    return problem({
      code: 'deploy-template',
      kind: 'input',
      message: `${file.path} is a template, not a manifest: ${what}.`,
      hint: 'Check what the template makes: helm template … | ameide-release deploy check --env … -',
      ...place,
    });
  return problem({
    code: 'deploy-yaml',
    kind: 'input',
    message: `${file.path} is not YAML that Kubernetes reads: ${sentence(what)}.`,
    hint: 'Correct the file; nothing in this document was checked.',
    ...place,
  });
}

/** The reader's words, without the end of a sentence and line breaks. */
function sentence(what: string): string {
  const line = what.replaceAll(/\s+/g, ' ').replace(/[.:]$/, '');
  return line.charAt(0).toLowerCase() + line.slice(1);
}
