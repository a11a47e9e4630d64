import type { Fault } from './fault.ts';

/** JSON and YAML above this are refused: a Kubernetes ConfigMap holds no more either. */
const MAX_TEXT_BYTES = 1 << 20;

/**
 * UTF-8 without a byte order mark, which RFC 8259 (section 8.1) forbids for JSON, and which only
 * some readers of YAML skip.
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
