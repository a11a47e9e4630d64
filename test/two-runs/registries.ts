import {
  ociRepository,
  type RecordedRequest,
  type RunningOciRegistry,
  readPackage,
  startGitHost,
  startNpmRegistry,
  startRecordingProxy,
} from '@ameide/local-registries';
import { ghcr } from '@ameide/publisher-ghcr';
import { goModule } from '@ameide/publisher-go';
import { runGit } from '@ameide/publisher-kit/testing';
import { npm } from '@ameide/publisher-npm';
import { defineRelease, type ReleaseDefinition } from '@ameide/release';

export interface DefineOptions {
  /** Awaited before a request of the run goes on. */
  readonly onRequest?: (request: RecordedRequest) => Promise<void>;
  /** With the Go module, which costs more than the npm package and the image. */
  readonly withGo?: boolean;
}

/** A definition of one run, whose requests all go through proxies of its own. */
interface RunDefinition extends AsyncDisposable {
  readonly definition: ReleaseDefinition;
}

/** What all names of a package, an image and a mirror name in the end. */
export interface Names {
  readonly npm: Readonly<Record<string, string>>;
  readonly oci: Readonly<Record<string, string>>;
  readonly go: Readonly<Record<string, string>>;
}

export interface SharedRegistries extends AsyncDisposable {
  /** Creates the mirror of a name. */
  create(name: string): Promise<void>;
  define(name: string, options?: DefineOptions): Promise<RunDefinition>;
  names(name: string): Promise<Names>;
}

/** An npm registry, an OCI registry and a git host. */
export async function startSharedRegistries(
  startImages: () => Promise<RunningOciRegistry>,
): Promise<SharedRegistries> {
  const [packages, images, git] = await Promise.all([
    startNpmRegistry(),
    startImages(),
    startGitHost(),
  ]);
  const all = [packages, images, git];
  return {
    create: async (name) => void (await git.createRepository(`acme/${name}`)),
    async define(name, { onRequest = async () => undefined, withGo = false } = {}) {
      const proxies = await Promise.all(
        all.map(async ({ url }) => startRecordingProxy(url, { onRequest })),
      );
      const [npmUrl = '', ociUrl = '', goUrl = ''] = proxies.map(({ url }) => url);
      const go = goModule({
        directory: 'go',
        mirror: `${goUrl}/acme/${name}.git`,
        user: git.user,
        token: git.token,
      });
      const definition = defineRelease({
        versionFile: 'version.json',
        publishers: [
          npm({ directory: 'js', registry: npmUrl, token: packages.token }),
          ghcr({
            image: `${new URL(ociUrl).host}/acme/${name}`,
            files: 'image',
            platform: 'linux/amd64',
            user: images.user,
            token: images.password,
          }),
          ...(withGo ? [go] : []),
        ],
      });
      return {
        definition,
        async [Symbol.asyncDispose]() {
          await Promise.all(proxies.map(async (proxy) => proxy.stop()));
        },
      };
    },
    async names(name) {
      const found = await readPackage(packages.url, `@acme/${name}`);
      const format = '--format=%(refname:short) %(objectname)';
      const refs = runGit(git.path(`acme/${name}`), ['for-each-ref', format]).split('\n');
      return {
        npm: { ...found?.tags },
        oci: await ociRepository(images, `acme/${name}`).tags(),
        go: Object.fromEntries(refs.map((line) => line.split(' '))),
      };
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(all.map(async (one) => one.stop()));
    },
  };
}
