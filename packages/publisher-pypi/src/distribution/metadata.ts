/**
 * The parts of a METADATA or PKG-INFO file (core metadata specification: RFC 822 headers in UTF-8).
 */
export interface CoreMetadata {
  /** In the file's order, names in lower case. `\n` joins continuation lines. */
  readonly fields: readonly (readonly [name: string, value: string])[];
  /** The text after the headers: the description, unless a `Description` header contains it. */
  readonly body: string;
}

/** The label of the project URL that names the source commit. */
export const SOURCE_COMMIT_LABEL = 'Source Commit';

/** Reads core metadata. Never throws: skips lines that are not headers, as `email.parser` does. */
export function parseMetadata(text: string): CoreMetadata {
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);
  const end = lines.indexOf('');
  const fields: [string, string][] = [];
  for (const line of end === -1 ? lines : lines.slice(0, end)) {
    const colon = line.indexOf(':');
    const last = fields.at(-1);
    if (/^[A-Za-z][A-Za-z0-9-]*:/.test(line))
      fields.push([
        line.slice(0, colon).toLowerCase(),
        line.slice(colon + 1).replace(/^[ \t]+/, ''),
      ]);
    else if (last !== undefined && /^[ \t]/.test(line)) last[1] += `\n${line}`;
  }
  return { fields, body: end === -1 ? '' : lines.slice(end + 1).join('\n') };
}

/** The first value of a field (name in lower case), trimmed. */
export function metadataValue(metadata: CoreMetadata, name: string): string | undefined {
  return metadata.fields.find(([field]) => field === name)?.[1].trim();
}

/** What the metadata says about its source commit. */
export type SourceCommit =
  | { readonly sha: string; readonly url: string }
  /** Why the commit is unknown. */
  | { readonly missing: string };

/**
 * Returns the commit in `Project-URL: Source Commit, …/commit/<40 or 64 hex>`. Compares labels as
 * PyPI does: without punctuation, white space and case (well-known project URLs specification). Two
 * different commits count as none.
 */
export function sourceCommit(metadata: CoreMetadata): SourceCommit {
  const urls = metadata.fields
    .filter(([name]) => name === 'project-url')
    .map(
      ([, value]) =>
        [value.slice(0, value.indexOf(',')), value.slice(value.indexOf(',') + 1).trim()] as const,
    )
    .filter(([label]) => labelKey(label) === labelKey(SOURCE_COMMIT_LABEL))
    .map(([, url]) => url);
  const found = new Map(urls.map((url) => [commitOf(url), url]));
  const [first] = found;
  if (first === undefined)
    return { missing: `its metadata has no "${SOURCE_COMMIT_LABEL}" project URL` };
  const [sha, url] = first;
  if (found.size > 1 || sha === undefined)
    return { missing: `its "${SOURCE_COMMIT_LABEL}" project URL does not name one full commit id` };
  return { sha, url };
}

/** Normalises a label to its letters and digits, in lower case. */
export function labelKey(label: string): string {
  return label.replace(/[^A-Za-z0-9]/g, '').toLowerCase();
}

function commitOf(url: string): string | undefined {
  // The URL parser below would remove line ends, so refuse them here.
  if (/\s/.test(url)) return undefined;
  try {
    const { pathname } = new URL(url);
    let end = pathname.length;
    while (pathname[end - 1] === '/') end -= 1;
    const last = pathname.slice(pathname.lastIndexOf('/', end - 1) + 1, end);
    return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(last) ? last : undefined;
  } catch {
    return undefined;
  }
}
