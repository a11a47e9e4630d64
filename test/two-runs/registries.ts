import {
  ociRepository,
  type RecordedRequest,
  readPackage,
  startGitHost,
  startNpmRegistry,
  startOciRegistry,
  startRecordingProxy,
} from '@ameide/local-registries';
import { ghcr } from '@ameide/publisher-ghcr';
import { goModule } from '@ameide/publisher-go';
import { runGit } from '@ameide/publisher-kit/testing';
import { npm } from '@ameide/publisher-npm';
import { defineRelease, type ReleaseDefinition } from '@ameide/release';

type OnRequest = (request: RecordedRequest) => Promise<void>;

/** A definition of one run, whose requests all go through proxies of its own. */
export interface RunDefinition extends AsyncDisposable {
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
  define(name: string, onRequest: OnRequest): Promise<RunDefinition>;
  names(name: string): Promise<Names>;
}

/** An npm registry, an OCI registry and a git host. */
export async function startSharedRegistries(
  startOci: typeof startOciRegistry = startOciRegistry,
): Promise<SharedRegistries> {
  const [packages, images, git] = await Promise.all([
    startNpmRegistry(),
    startOci(),
    startGitHost(),
  ]);
  const all = [packages, images, git];
  return {
    create: async (name) => void (await git.createRepository(`acme/${name}`)),
    async define(name, onRequest) {
      const proxies = await Promise.all(
        all.map(async ({ url }) => startRecordingProxy(url, { onRequest })),
      );
      const [npmUrl = '', ociUrl = '', goUrl = ''] = proxies.map(({ url }) => url);
      const definition = defineRelease({
        versionFile: 'version.json',
        publishers: [
          npm({ directory: 'js', registry: npmUrl, token: packages.token }),
          ghcr({
            image: `${new URL(ociUrl).host}/acme/${name}`,
            files: 'image',
            user: images.user,
            token: images.password,
          }),
          goModule({
            directory: 'go',
            mirror: `${goUrl}/acme/${name}.git`,
            user: git.user,
            token: git.token,
          }),
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
