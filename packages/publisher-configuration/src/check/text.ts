import type { Fault } from './fault.ts';

/** The limit for JSON and YAML: a Kubernetes ConfigMap cannot hold more either. */
const MAX_TEXT_BYTES = 1 << 20;

/**
 * Reads UTF-8 without a byte order mark. RFC 8259 (section 8.1) forbids one for JSON, and only some
 * YAML readers skip it.
 */
export function readText(
  content: Uint8Array,
): { readonly text: string } | { readonly fault: Fault } {
  if (content.length > MAX_TEXT_BYTES)
    return { fault: { what: `has ${content.length} bytes, more than ${MAX_TEXT_BYTES}` } };
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content);
  } catch {
    return { fault: { what: 'is not UTF-8' } };
  }
  return text.startsWith('\uFEFF')
    ? { fault: { line: 1, column: 1, what: 'begins with a byte order mark' } }
    : { text };
}
