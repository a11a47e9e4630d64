import { createHash } from 'node:crypto';
import { sha512Integrity } from '@ameide/publisher-kit';
import type { JsonObject } from '@ameide/source-files/json';
import type { Upload } from './upload.ts';

/**
 * Makes the document that publishes one version: what libnpmpublish sends (`lib/publish.js`, `buildMetadata`), with a
 * provenance that was made and verified here. That library can make one only with the environment of this very
 * process, and takes a finished one only if the public Sigstore signed it.
 */
export function publishDocument(upload: Upload, provenance: Uint8Array): JsonObject {
  const { access, registry, tag, tarball } = upload;
  const { patchedDependencies: _patches, ...manifest } = upload.manifest;
  const [name, version] = [manifest['name'] as string, manifest['version'] as string];
  const file = `${name}-${version}.tgz`;
  const dist = {
    integrity: sha512Integrity(tarball),
    shasum: createHash('sha1').update(tarball).digest('hex'),
    // Clients ask the registry that they know, with https.
    tarball: new URL(`${name}/-/${file}`, `${registry.url}/`).href.replace(/^https:/, 'http:'),
  };
  const bundle = Buffer.from(provenance).toString();
  return {
    _id: name,
    name,
    description: manifest['description'],
    'dist-tags': { [tag]: version },
    versions: {
      [version]: {
        ...manifest,
        _id: `${name}@${version}`,
        _nodeVersion: process.versions.node,
        dist,
      },
    },
    access: access ?? null,
    _attachments: {
      [file]: {
        content_type: 'application/octet-stream',
        data: Buffer.from(tarball.buffer, tarball.byteOffset, tarball.byteLength).toString(
          'base64',
        ),
        length: tarball.length,
      },
      [`${name}-${version}.sigstore`]: {
        content_type: (JSON.parse(bundle) as { readonly mediaType: string }).mediaType,
        data: bundle,
        length: bundle.length,
      },
    },
  };
}
