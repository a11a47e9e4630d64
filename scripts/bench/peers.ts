import { spawnSync } from 'node:child_process';

interface Program {
  readonly version: readonly string[];
  readonly install: string;
}

const FROM_CI = 'run .ci/run, which installs it';

/** The tools that we compare with, and the tools that these need. */
const PROGRAMS = {
  crane: { version: ['crane', 'version'], install: FROM_CI },
  docker: {
    version: ['docker', 'version', '--format', '{{.Server.Version}}'],
    install: 'install docker.io and run this as root, who can start an engine',
  },
  dunamai: { version: pythonVersion('dunamai'), install: FROM_CI },
  git: { version: ['git', '--version'], install: 'apt-get install git' },
  npm: { version: ['npm', '--version'], install: 'it comes with Node.js' },
  pip: { version: ['pip', '--version'], install: FROM_CI },
  pnpm: { version: ['pnpm', '--version'], install: 'start the benchmark with npx -y pnpm@12' },
  'semantic-release': { version: ['semantic-release', '--version'], install: FROM_CI },
  'setuptools-scm': { version: pythonVersion('setuptools-scm'), install: FROM_CI },
  skopeo: { version: ['skopeo', '--version'], install: 'apt-get install skopeo' },
  'subtree split': { version: ['git', 'subtree', '-h'], install: 'apt-get install git' },
  twine: { version: ['twine', '--version'], install: FROM_CI },
  uv: { version: ['uv', '--version'], install: FROM_CI },
} as const satisfies Record<string, Program>;

export type PeerName = keyof typeof PROGRAMS;

/** For each tool its version, or how to install it if it is missing. */
export type Peers = Readonly<
  Record<PeerName, { readonly version: string } | { readonly install: string }>
>;

/** Some tools do not print their version, but the virtual environment that they are in knows it. */
function pythonVersion(name: string): readonly string[] {
  const python = `"$(dirname "$(readlink -f "$(command -v ${name})")")/python"`;
  const script = `import importlib.metadata as m; print(m.version("${name}"))`;
  return ['sh', '-c', `${python} -c '${script}'`];
}

/** Runs each program once. One that fails counts as not installed. */
export function findPeers(env: NodeJS.ProcessEnv): Peers {
  return Object.fromEntries(
    Object.entries<Program>(PROGRAMS).map(([name, { install, version }]) => {
      const [program = '', ...args] = version;
      const { error, status, stdout, stderr } = spawnSync(program, args, {
        env,
        encoding: 'utf8',
        timeout: 30_000,
      });
      // `git subtree -h` prints its usage and fails.
      const isThere =
        error === undefined &&
        (status === 0 || `${stdout}${stderr}`.includes('usage: git subtree'));
      const found = /\d+\.\d[\w.]*/.exec(stdout)?.[0] ?? '';
      return [name, isThere ? { version: found } : { install }];
    }),
  ) as Peers;
}

/** Why a side cannot run on this machine, or undefined. */
export function missing(needs: readonly PeerName[], peers: Peers): string | undefined {
  const lacking = needs.flatMap((name) => {
    const peer = peers[name];
    return 'install' in peer ? [`${name} is missing: ${peer.install}`] : [];
  });
  return lacking.length === 0 ? undefined : lacking.join('; ');
}
