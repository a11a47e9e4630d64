import { createHttp, createProcesses, type Secret, toSecret } from '@ameide/publisher-kit';
import {
  type Carrier,
  InvalidInputError,
  type PublisherDefinition,
  parseRepositoryPath,
} from '@ameide/versioning-core';
import { fromDockerfile } from './engine/from-dockerfile.ts';
import { fromBundle } from './image/from-bundle.ts';
import { fromFiles } from './image/from-files.ts';
import type { ImageSource } from './image/source.ts';
import type { GhcrOptions, ImageOptions } from './options.ts';
import {
  checkOptions,
  parseBuild,
  parseImagePath,
  parseLabels,
  parsePlatform,
  parseToken,
} from './parse-options.ts';
import { type GhcrPublisher, imagePublisher } from './publisher.ts';
import { type ImageName, parseImageName } from './reference.ts';
import { registryOrigin } from './registry/address.ts';
import { RegistryClient } from './registry/client.ts';
import { Session } from './registry/session.ts';

/** `ghcr`, and the carrier that packs another publisher's bundle. */
export interface Ghcr {
  /**
   * Publishes one image of each commit to an OCI registry, from a directory of files or from a
   * Dockerfile. Throws `InvalidInputError` at once for options that cannot be meant; `open` throws
   * it for a directory that the commit lacks.
   */
  (options: GhcrOptions): PublisherDefinition;
  /** Carries a bundle (of `configuration`, for example) as an image. */
  bundle(image: string, options?: ImageOptions): Carrier;
}

function publishImage(options: GhcrOptions): PublisherDefinition {
  checkOptions(options, 'image');
  const image = parseImageName(options.image);
  const connect = connection(image, options);
  const source = sourceOf(options);
  return {
    label: `ghcr(${image.name})`,
    async open(tree) {
      await source.open(tree);
      return connect(source);
    },
  };
}

function carryBundle(name: string, options: ImageOptions = {}): Carrier {
  checkOptions(options, 'bundle');
  const image = parseImageName(name);
  const connect = connection(image, options);
  const prefix = parseImagePath(options.path);
  const platform = parsePlatform(options.platform);
  return {
    label: `ghcr.bundle(${image.name})`,
    open: (_tree, bundle) => Promise.resolve(connect(fromBundle(bundle, prefix, platform))),
  };
}

export const ghcr: Ghcr = Object.assign(publishImage, { bundle: carryBundle });

/** Checks the options now and gives a function that connects when a commit is opened. */
function connection(
  image: ImageName,
  options: ImageOptions,
): (source: ImageSource) => GhcrPublisher {
  const labels = parseLabels(options.labels);
  const origin = registryOrigin(image, options.registry);
  const { ports = {} } = options;
  return (source) => {
    const env = ports.env ?? process.env;
    const http = ports.http ?? createHttp();
    const user = options.user ?? env['GITHUB_ACTOR'] ?? 'token';
    const session = new Session({
      origin,
      repository: image.repository,
      http,
      user,
      token: () => tokenOf(options, origin, env),
    });
    const client = new RegistryClient(session, image.repository, image.name);
    const { sleep } = ports;
    const now = ports.now ?? (() => performance.now());
    return imagePublisher(
      { image, registry: origin, labels, description: source.description },
      source,
      client,
      { sleep, now },
    );
  };
}

function sourceOf(options: GhcrOptions): ImageSource {
  const { files, dockerfile, build, ports = {} } = options;
  if ((files === undefined) === (dockerfile === undefined)) {
    throw new InvalidInputError({
      field: files === undefined ? 'files' : 'dockerfile',
      expected: 'exactly one of files and dockerfile',
    });
  }
  const platform = parsePlatform(options.platform);
  if (dockerfile !== undefined) {
    const unfit = build !== undefined ? 'build' : options.path !== undefined ? 'path' : undefined;
    if (unfit === undefined) return fromDockerfile(dockerfile, options.platform, ports.docker);
    throw new InvalidInputError({
      field: unfit,
      expected: 'to be left out with a dockerfile, which says it itself',
    });
  }
  return fromFiles({
    directory: parseRepositoryPath(files, 'files'),
    build: parseBuild(build),
    prefix: parseImagePath(options.path),
    platform,
    processes:
      ports.processes ?? createProcesses(ports.env === undefined ? {} : { env: ports.env }),
  });
}

// The environment's tokens are GitHub's: no other registry gets them unasked.
function tokenOf(
  options: ImageOptions,
  origin: string,
  env: NodeJS.ProcessEnv,
): Secret | undefined {
  const { token } = options;
  if (token !== undefined)
    return toSecret(parseToken(typeof token === 'function' ? token() : token));
  return origin === 'https://ghcr.io'
    ? (toSecret(env['GHCR_TOKEN'] ?? '') ?? toSecret(env['GITHUB_TOKEN'] ?? ''))
    : undefined;
}
