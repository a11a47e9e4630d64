import { startGitHost, startNpmRegistry, startOciRegistry } from '@ameide/local-registries';
import { runCli } from './cli.ts';
import type { GitWorld } from './git-world.ts';

/** An npm registry, an OCI registry and a git host, and a definition that publishes to them. */
export interface ThreeRegistries extends AsyncDisposable {
  /** `host:port` of the OCI registry. */
  readonly oci: string;
  /** The bare repository of the Go module's mirror. */
  readonly mirror: string;
  /** Runs a command of `ameide-release` and reads its JSON. */
  run(
    git: Pick<GitWorld, 'directory'>,
    ...argv: string[]
  ): Promise<{ readonly code: number; readonly report: ReturnType<typeof JSON.parse> }>;
}

export async function startThreeRegistries(): Promise<ThreeRegistries> {
  const [npm, oci, go] = await Promise.all([
    startNpmRegistry(),
    startOciRegistry(),
    startGitHost({ repositories: ['example/go'] }),
  ]);
  const env = {
    NPM: npm.url,
    NPM_KEY: npm.token,
    OCI: oci.host,
    OCI_NAME: oci.user,
    OCI_KEY: oci.password,
    GO: `${go.url}/example/go.git`,
    GO_KEY: go.token,
  };
  Object.assign(process.env, env);
  return {
    oci: oci.host,
    mirror: go.path('example/go'),
    async run(git, ...argv) {
      const { code, stdout } = await runCli(['-C', git.directory, ...argv, '--json']);
      return { code, report: JSON.parse(stdout) };
    },
    async [Symbol.asyncDispose]() {
      for (const name of Object.keys(env)) delete process.env[name];
      await Promise.all([npm, oci, go].map(async (one) => one.stop()));
    },
  };
}

// The definition lies outside the workspace, so it names the packages by their files.
const from = (name: string): string => JSON.stringify(import.meta.resolve(name));

/** Publishes `packages/sdk` to npm and as an image, and the Go module of `go`. */
export const THREE_CONFIG = `
import { ghcr } from ${from('@ameide/publisher-ghcr')};
import { goModule } from ${from('@ameide/publisher-go')};
import { npm } from ${from('@ameide/publisher-npm')};
const { NPM, NPM_KEY, OCI, OCI_NAME, OCI_KEY, GO, GO_KEY } = process.env;
export default {
  versionFile: 'packages/sdk/package.json',
  repository: 'https://github.com/example/repo',
  publishers: [
    npm({ directory: 'packages/sdk', registry: NPM, token: NPM_KEY }),
    ghcr({ image: OCI + '/example/sdk', files: 'packages/sdk', user: OCI_NAME, token: OCI_KEY }),
    goModule({ directory: 'go', mirror: GO, token: GO_KEY }),
  ],
};
`;
