const TYPES: readonly string[] = ['text/plain', 'text/x-rst', 'text/markdown'];
const PARAMETER = /^\s*([^\s=;"]+)\s*=\s*(?:"([^"]*)"|([^\s;"]+))\s*$/;

/**
 * Returns why a text is no `Description-Content-Type`; undefined if it is one. The types are those
 * that `packaging.metadata` knows.
 */
export function contentTypeFlaw(text: string): string | undefined {
  const [, ...parameters] = text.split(';');
  if (!TYPES.includes(mediaType(text))) return `it is none of ${TYPES.join(', ')}`;
  const values = new Map<string, string>();
  for (const parameter of parameters) {
    const [, name, inQuotes, plain] = PARAMETER.exec(parameter) ?? [];
    if (name === undefined) return 'it has a parameter that is not name=value';
    values.set(name.toLowerCase(), inQuotes ?? plain ?? '');
  }
  const charset = values.get('charset') ?? 'UTF-8';
  if (charset.toLowerCase() !== 'utf-8') return 'its charset is not UTF-8';
  const variant = values.get('variant') ?? 'GFM';
  if (mediaType(text) === 'text/markdown' && variant !== 'GFM' && variant !== 'CommonMark')
    return 'its variant is neither GFM nor CommonMark';
  return undefined;
}

/** Returns the type without its parameters, in lower case. */
export function mediaType(text: string): string {
  return (text.split(';')[0] ?? '').trim().toLowerCase();
}
