/** OCI image-spec v1.1 and Docker image manifest v2 media types. */
export const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
export const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';
/** The config of an artifact that is no image: the two bytes `{}`. */
export const EMPTY = 'application/vnd.oci.empty.v1+json';
export const OCI_CONFIG = 'application/vnd.oci.image.config.v1+json';
export const OCI_LAYER_GZIP = 'application/vnd.oci.image.layer.v1.tar+gzip';
export const OCI_LAYER_ZSTD = 'application/vnd.oci.image.layer.v1.tar+zstd';
const DOCKER_MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';
const DOCKER_INDEX = 'application/vnd.docker.distribution.manifest.list.v2+json';

export const INDEXES: ReadonlySet<unknown> = new Set([OCI_INDEX, DOCKER_INDEX]);

/** A config of any other type belongs to an artifact that is no image: a chart, a signature. */
export const IMAGE_CONFIGS: ReadonlySet<string> = new Set([
  OCI_CONFIG,
  'application/vnd.docker.container.image.v1+json',
]);

/**
 * A layer that is a tar archive and is pulled from this registry: nondistributable and foreign ones
 * are elsewhere, encrypted ones have other types.
 */
export const TAR_LAYER: RegExp =
  /^application\/vnd\.(?:oci\.image\.layer\.v1\.tar(?:\+gzip|\+zstd)?|docker\.image\.rootfs\.diff\.tar(?:\.gzip|\.zstd)?)$/;

/** The types that a manifest GET accepts. A registry converts or refuses any other. */
export const ACCEPT: string = [OCI_MANIFEST, OCI_INDEX, DOCKER_MANIFEST, DOCKER_INDEX].join(', ');

export const REVISION = 'org.opencontainers.image.revision';
export const SOURCE = 'org.opencontainers.image.source';
export const VERSION = 'org.opencontainers.image.version';
export const CREATED = 'org.opencontainers.image.created';
export const TITLE = 'org.opencontainers.image.title';
export const DESCRIPTION = 'org.opencontainers.image.description';

/**
 * The annotations that `oras push` gives to the layer of a folder: `oras pull` skips a layer without
 * a title, and unpacks one that has both.
 */
export const ORAS_FOLDER: Readonly<Record<string, string>> = {
  [TITLE]: '.',
  'io.deis.oras.content.unpack': 'true',
};
