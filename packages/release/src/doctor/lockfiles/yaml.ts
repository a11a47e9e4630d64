import { parseAllDocuments } from 'yaml';

/**
 * The last document of a YAML file: pnpm 11 and later write what they need themselves before it. Undefined for what
 * is not YAML, or has more aliases than any lockfile.
 */
export function lastDocument(text: string): unknown {
  const documents = parseAllDocuments(text, { merge: true });
  if (!Array.isArray(documents) || documents.some(({ errors }) => errors.length > 0))
    return undefined;
  try {
    return documents.at(-1)?.toJS() as unknown;
  } catch (error) {
    // Too many aliases, or one without its anchor.
    if (error instanceof ReferenceError) return undefined;
    throw error;
  }
}
