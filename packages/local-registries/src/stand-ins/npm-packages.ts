import { createHash } from 'node:crypto';

/** A version as it was published. */
export interface PublishedVersion {
  /** The document that the client sent, with `dist`. */
  readonly document: VersionDocument;
  readonly tarball: Buffer;
  /** Of the tarball, hexadecimal. */
  readonly sha1: string;
}

interface VersionDocument {
  readonly name: string;
  readonly version: string;
  readonly dist: { readonly integrity: string };
  readonly [field: string]: unknown;
}

export interface PublishedPackage {
  readonly name: string;
  readonly versions: Map<string, PublishedVersion>;
  /** Dist-tag → version. */
  readonly tags: Map<string, string>;
}

/** The body of npm's `PUT /<name>`: one version with its dist-tag and its tarball. */
interface PublishBody {
  readonly name: string;
  readonly 'dist-tags': Readonly<Record<string, string>>;
  readonly versions: Readonly<Record<string, VersionDocument>>;
  readonly _attachments: Readonly<Record<string, { readonly data: string }>>;
}

/** Sets the messages of a packument that `npm deprecate` sends back; an empty one removes it. */
export function storeDeprecations(found: PublishedPackage, json: string): void {
  const { versions } = JSON.parse(json) as Pick<PublishBody, 'versions'>;
  for (const [version, { deprecated }] of Object.entries(versions)) {
    const stored = found.versions.get(version);
    if (stored === undefined || deprecated === undefined) continue;
    const message = deprecated === '' ? undefined : deprecated;
    const document = { ...stored.document, deprecated: message };
    found.versions.set(version, { ...stored, document });
  }
}

/**
 * Stores the version of a publish request. Returns false, and stores nothing, if the package has
 * it.
 */
export function storeVersion(packages: Map<string, PublishedPackage>, json: string): boolean {
  const body = JSON.parse(json) as PublishBody;
  const [document] = Object.values(body.versions);
  const [attachment] = Object.values(body._attachments);
  if (document === undefined || attachment === undefined)
    throw new Error('a publish request has a version and its tarball');
  const { name } = body;
  const found = packages.get(name) ?? { name, versions: new Map(), tags: new Map() };
  if (found.versions.has(document.version)) return false;
  const tarball = Buffer.from(attachment.data, 'base64');
  const sha1 = createHash('sha1').update(tarball).digest('hex');
  found.versions.set(document.version, { document, tarball, sha1 });
  for (const [tag, version] of Object.entries(body['dist-tags'])) found.tags.set(tag, version);
  packages.set(name, found);
  return true;
}

/** The address of a tarball as most registries write it: `@scope/name/-/name-1.0.0.tgz`. */
export function tarballPath(name: string, version: string): string {
  return `${name}/-/${name.replace(/^.*\//, '')}-${version}.tgz`;
}

/** The version whose tarball has this address. */
export function storedAt(
  packages: ReadonlyMap<string, PublishedPackage>,
  path: string,
): PublishedVersion | undefined {
  const [name = ''] = path.split('/-/');
  const stored = [...(packages.get(name)?.versions.values() ?? [])];
  return stored.find(({ document: { version } }) => path === tarballPath(name, version));
}

/** A version as a registry shows it that keeps no `gitHead` and has SHA-1 alone. */
export function sha1Document({ document, sha1 }: PublishedVersion, base: string): object {
  const { name, version } = document;
  const tarball = `${base}/${tarballPath(name, version)}`;
  return { ...document, gitHead: undefined, dist: { shasum: sha1, tarball } };
}
