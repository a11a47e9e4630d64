import type { RunOptions } from '../options.ts';
import { OCI_INDEX, OCI_MANIFEST } from './media-types.ts';
import type { Platform } from './platform.ts';
import type { StoredBlob } from './store.ts';

/**
 * The content of an image config. Nothing in it depends on the machine or on the time of the build.
 */
export interface ConfigInput {
  /** RFC 3339: the commit's time. */
  readonly created: string;
  readonly platform: Platform;
  readonly labels: Readonly<Record<string, string>>;
  readonly run?: RunOptions | undefined;
  /** Digest of the uncompressed layer. */
  readonly diffId: string;
  /** An entry of `history`, for people. */
  readonly createdBy: string;
}

/** Returns an image config (OCI image-spec, config.md) with one layer, as the bytes to store. */
export function imageConfig(input: ConfigInput): Uint8Array {
  return json({
    created: input.created,
    architecture: input.platform.architecture,
    os: input.platform.os,
    ...(input.platform.variant === undefined ? {} : { variant: input.platform.variant }),
    config: { ...execution(input.run ?? {}), Labels: input.labels },
    rootfs: { type: 'layers', diff_ids: [input.diffId] },
    history: [{ created: input.created, created_by: input.createdBy }],
  });
}

/** Converts to image-spec's names. Leaves out what is not set: the image only contains files. */
function execution(run: RunOptions): Readonly<Record<string, unknown>> {
  const { command, entrypoint, environment, exposedPorts, user, workingDirectory } = run;
  const ports = exposedPorts?.map(
    (port) => [port.includes('/') ? port : `${port}/tcp`, {}] as const,
  );
  const variables = Object.entries(environment ?? {}).map(([name, value]) => `${name}=${value}`);
  return {
    User: user,
    ExposedPorts: ports && Object.fromEntries(ports),
    Env: environment && variables.toSorted(),
    Entrypoint: entrypoint,
    Cmd: command,
    WorkingDir: workingDirectory,
  };
}

/** Returns an image manifest (OCI image-spec, manifest.md) as the bytes to store. */
export function imageManifest(
  config: StoredBlob,
  layers: readonly StoredBlob[],
  annotations: Readonly<Record<string, string>>,
): Uint8Array {
  return json({
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    config: descriptor(config),
    layers: layers.map(descriptor),
    annotations,
  });
}

/** Returns an index (OCI image-spec, image-index.md) as the bytes to store. */
export function imageIndex(
  images: readonly { readonly manifest: StoredBlob; readonly platform: Platform }[],
  annotations: Readonly<Record<string, string>>,
): Uint8Array {
  return json({
    schemaVersion: 2,
    mediaType: OCI_INDEX,
    manifests: images.map(({ manifest, platform }) => ({ ...descriptor(manifest), platform })),
    annotations,
  });
}

function descriptor({ annotations, digest, mediaType, size }: StoredBlob): object {
  return { mediaType, digest, size, ...(annotations && { annotations }) };
}

function json(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}
