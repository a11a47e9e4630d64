import { sbomTypeOf } from '@ameide/publisher-kit';

/** What is attested: the SBOM's JSON, and the predicate type that names its format. */
export interface SbomPredicate {
  readonly predicateType: string;
  readonly predicate: object;
}

/** Returns the document and its type; or why it is no SBOM, as a clause. */
export function parseSbom(bytes: Uint8Array): SbomPredicate | string {
  if (bytes.length === 0) return 'it is empty';
  const text = textOf(bytes);
  if (text === undefined) return 'it is not in UTF-8';
  const predicate = documentOf(text);
  const predicateType = sbomTypeOf(predicate);
  if (predicate === undefined) return 'it is not JSON';
  if (predicateType === undefined) return 'it is neither SPDX nor CycloneDX';
  return { predicateType, predicate: predicate as object };
}

/** Without a byte order mark. */
function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function documentOf(text: string): unknown {
  try {
    const document: unknown = JSON.parse(text);
    // JSON that is nested too deeply can be parsed, but not written again.
    JSON.stringify(document);
    return document;
  } catch {
    return undefined;
  }
}
