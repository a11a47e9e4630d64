import { createHttp, createProcesses, type Secret, toSecret } from '@ameide/publisher-kit';
import { type Carrier, OCI_POINTERS, ok, type Result } from '@ameide/versioning-core';
import { settingsOf } from '@ameide/versioning-core/options';
import { parsePlatform, parsePlatforms } from './image/platform.ts';
import { type ImageName, parseImageName } from './image-name.ts';
import { findDockerLogin } from './login/docker-config.ts';
import type { Login } from './login/login.ts';
import type { GhcrOptions, ImageOptions } from './options.ts';
import { packagesApiOf } from './packages/api-address.ts';
import { archivePrefix, parseBundleOptions, parseOptions } from './parse-options.ts';
import { type GhcrDefinition, type GhcrPublisher, imagePublisher } from './publisher.ts';
import { registryOrigin } from './registry/address.ts';
import { RegistryClient } from './registry/client.ts';
import { Session } from './registry/session.ts';
import { imageSigning } from './sign/image-signing.ts';
import { passwordOf } from './sign/sign-option.ts';
import { baseRegistry } from './source/base-registry.ts';
import { fromBundle } from './source/bundle.ts';
import { fromDockerfile } from './source/dockerfile.ts';
import { type FilesInput, fromFiles, type PlatformFolder } from './source/files.ts';
import type { ImageSource } from './source/source.ts';
import { withSbom } from './source/with-sbom.ts';

/** `ghcr`, and the carrier that packs another publisher's bundle. */
export interface Ghcr {
  /**
   * Publishes one image for each commit to an OCI registry, from a directory of files or from a
   * Dockerfile. Throws `InvalidInputError` at once for wrong options; `open` throws it for a
   * directory that the commit lacks.
   */
  (options: GhcrOptions): GhcrDefinition;
  /** Carries a bundle (of `configuration`, for example) as an image. */
  bundle(image: string, options?: ImageOptions): Carrier;
}

function publishImage(given: GhcrOptions): GhcrDefinition {
  const options = parseOptions(given);
  const image = parseImageName(options.image);
  const source = sourceOf(options);
  return {
    label: `ghcr(${image.name})`,
    settings: settingsOf(options),
    image: image.name,
    ...signatureOf(options),
    async open(tree) {
      await source.open(tree);
      return connect(image, options, source);
    },
  };
}

function carryBundle(name: string, given: ImageOptions = {}): Carrier {
  const options = parseBundleOptions(given);
  const image = parseImageName(name);
  const prefix = archivePrefix(options.path);
  const platforms = parsePlatforms(options.platform);
  return {
    label: `ghcr.bundle(${image.name})`,
    settings: settingsOf({ ...options, image: name }),
    image: image.name,
    ...signatureOf(options),
    open: async (_tree, bundle) =>
      connect(image, options, fromBundle(bundle, prefix, platforms), { attaches: true }),
  };
}

export const ghcr: Ghcr = Object.assign(publishImage, { bundle: carryBundle });

function signatureOf({ sign }: ImageOptions): Pick<GhcrDefinition, 'imageSignature'> {
  return sign === undefined ? {} : { imageSignature: sign === 'keyless' ? 'keyless' : 'key' };
}

function connect(
  image: ImageName,
  options: ImageOptions,
  source: ImageSource,
  { attaches = false }: { readonly attaches?: boolean } = {},
): GhcrPublisher {
  const { labels = {}, movingTags = {}, ports = {} } = options;
  const { env = process.env, http = createHttp(), now = () => performance.now(), sleep } = ports;
  const origin = registryOrigin(image, options.registry);
  const used = new Set<Secret>();
  const loginOf = (of: ImageName) => async (): Promise<Result<Login | undefined>> => {
    const found = await findLogin(of, options, origin, env);
    if (found.value !== undefined) used.add(found.value.password);
    return found;
  };
  // One for each repository: it keeps the token of the run.
  const clients = new Map<string, RegistryClient>();
  const clientOf = (of: ImageName): RegistryClient => {
    const { name, repository } = of;
    const session = new Session({ origin, repository, http, login: loginOf(of) });
    const client = clients.get(name) ?? new RegistryClient(session, repository, name, now);
    clients.set(name, client);
    return client;
  };
  const { description } = source;
  const policy = { ...OCI_POINTERS, ...movingTags };
  const { sbom, sign } = options;
  const input = { image, registry: origin, labels, description, movingTags: policy, sign, sbom };
  const secrets = (): readonly Secret[] => {
    const own = [tokenOf(options, origin, env), sign && passwordOf(sign, env)];
    return [...own.filter((one) => one !== undefined), ...used];
  };
  const processes = ports.processes ?? createProcesses({ env });
  const paced = sleep === undefined ? {} : { sleep };
  const api = (options.packagesApi ?? packagesApiOf(origin))?.replace(/\/+$/, '');
  return imagePublisher(input, sbom === undefined ? source : withSbom(source), clientOf, {
    secrets,
    attaches,
    ...(sign === undefined
      ? {}
      : { signing: imageSigning(clientOf(image), sign, { http, processes, env, ...paced }) }),
    ...(api === undefined ? {} : { packages: { api, image, http, sleep, login: loginOf(image) } }),
    ...paced,
    now,
  });
}

/** `parseOptions` has checked that there is exactly one source. */
function sourceOf(options: GhcrOptions): ImageSource {
  const { allow = [], build, dockerfile, files = '', fromCheckout = false, ports = {} } = options;
  if (dockerfile !== undefined) {
    return fromDockerfile({
      file: 'Dockerfile',
      ...dockerfile,
      allow,
      env: ports.env ?? process.env,
      otherRegistry: (host) => baseRegistry(host, ports),
      ...(options.platform === undefined ? {} : { platforms: parsePlatforms(options.platform) }),
      ...(ports.docker === undefined ? {} : { docker: ports.docker }),
    });
  }
  return fromFiles({
    ...foldersOf(files, options.platform),
    build,
    fromCheckout,
    patterns: options,
    run: options.run,
    prefix: archivePrefix(options.path),
    allow,
    processes:
      ports.processes ?? createProcesses(ports.env === undefined ? {} : { env: ports.env }),
  });
}

function foldersOf(
  files: NonNullable<GhcrOptions['files']>,
  platform: ImageOptions['platform'],
): Pick<FilesInput, 'folders' | 'isIndex'> {
  if (typeof files === 'string') {
    const { each, isIndex } = parsePlatforms(platform);
    return { folders: [{ directory: files, platforms: each, field: 'files' }], isIndex };
  }
  const folders = Object.entries(files).map(
    ([name, directory]): PlatformFolder => ({
      directory,
      platforms: [parsePlatform(name)],
      field: `files["${name}"]`,
    }),
  );
  return { folders, isIndex: true };
}

/** Returns the login of the options, else of the environment, else of Docker's configuration. */
async function findLogin(
  image: ImageName,
  options: ImageOptions,
  origin: string,
  env: NodeJS.ProcessEnv,
): Promise<Result<Login | undefined>> {
  const password = tokenOf(options, origin, env);
  if (password !== undefined)
    return ok({ user: options.user ?? env['GITHUB_ACTOR'] ?? 'token', password });
  if ('token' in options) return ok(undefined);
  const host = options.registry === undefined ? image.host : new URL(origin).host;
  const processes = options.ports?.processes ?? createProcesses({ env });
  return findDockerLogin(host, image.repository, { env, processes });
}

// The environment's tokens are GitHub's; no other registry gets them by default.
function tokenOf(
  options: ImageOptions,
  origin: string,
  env: NodeJS.ProcessEnv,
): Secret | undefined {
  if ('token' in options) return toSecret(options.token);
  return origin === 'https://ghcr.io'
    ? (toSecret(env['GHCR_TOKEN'] ?? '') ?? toSecret(env['GITHUB_TOKEN'] ?? ''))
    : undefined;
}
