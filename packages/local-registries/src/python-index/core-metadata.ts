/**
 * The header fields of a METADATA or PKG-INFO file: lower-case name to its values in order, without
 * the description in the body.
 */
export type CoreMetadata = Readonly<Record<string, readonly string[]>>;

/**
 * Reads the fields of core metadata: RFC 822 headers up to the first empty line. A line that begins
 * with a blank continues the previous one.
 */
export function parseCoreMetadata(content: Uint8Array): CoreMetadata {
  const head = new TextDecoder().decode(content).split(/\r?\n\r?\n/, 1)[0] ?? '';
  const fields: Record<string, string[]> = Object.create(null) as Record<string, string[]>;
  for (const line of head.replaceAll(/\r?\n[ \t]+/g, ' ').split(/\r?\n/)) {
    const colon = line.indexOf(':');
    if (colon < 1) continue;
    (fields[line.slice(0, colon).trim().toLowerCase()] ??= []).push(line.slice(colon + 1).trim());
  }
  return fields;
}

/** Returns the only value of a field, or the first of several. */
export function firstValue(metadata: CoreMetadata, field: string): string | undefined {
  return metadata[field]?.[0];
}

/** Returns the `Project-URL: <label>, <url>` fields as label to URL. */
export function projectUrls(metadata: CoreMetadata): Record<string, string> {
  const pairs = (metadata['project-url'] ?? []).map((value) => {
    const comma = value.indexOf(',');
    return comma < 0
      ? ([value, ''] as const)
      : ([value.slice(0, comma).trim(), value.slice(comma + 1).trim()] as const);
  });
  return Object.fromEntries(pairs);
}
