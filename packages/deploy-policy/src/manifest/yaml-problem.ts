import { type Problem, problem } from '@ameide/versioning-core';
import {
  type ManifestDocument,
  type ManifestFile,
  TOO_MANY_ALIASES,
  type YamlFault,
} from './document.ts';

/**
 * True for a document that a template engine would read: it is no YAML before. Only comments may hold
 * the marks of a template.
 */
export function isTemplate(
  { range: [start, end] }: Pick<ManifestDocument, 'range'>,
  { text }: ManifestFile,
): boolean {
  return /^[^#\n]*\{\{/m.test(text.slice(start, end));
}

/** Says why a document is no YAML, and where. */
export function yamlProblem(
  { offset, what }: YamlFault,
  document: Pick<ManifestDocument, 'positionOf' | 'range'>,
  file: ManifestFile,
): Problem {
  const place = { path: file.path, ...document.positionOf(offset) };
  if (isTemplate(document, file))
    return problem({
      code: 'deploy-template',
      kind: 'input',
      message: `${file.path} is a template, not a manifest.`,
      hint: 'Check what it renders: helm template CHART | ameide-release deploy check --env ENV -',
      ...place,
    });
  return problem({
    code: 'deploy-yaml',
    kind: 'input',
    message: `${file.path} is YAML that parsers refuse, or read in different ways: ${sentence(what)}.`,
    hint: 'Correct the file; nothing in this document was checked.',
    ...place,
  });
}

/** Says that a document's aliases stand for too many values, which is found out while it is read. */
export function tooManyAliases(
  document: Pick<ManifestDocument, 'positionOf' | 'range' | 'root'>,
  file: ManifestFile,
): Problem {
  const offset = document.root?.range?.[0] ?? 0;
  return yamlProblem({ offset, what: TOO_MANY_ALIASES }, document, file);
}

/** The reader's words, without the end of a sentence and line breaks. */
function sentence(what: string): string {
  const line = what.replaceAll(/\s+/g, ' ').replace(/[.:]$/, '');
  return line.charAt(0).toLowerCase() + line.slice(1);
}
