// Installs what was published with the ecosystems' own clients, and prints the SHA found inside.
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LocalRegistries } from '@ameide/local-registries';
import { settleAll } from '@ameide/publisher-kit';
import { must, run, runs } from './run.ts';
import { good, without } from './say.ts';

export interface Installed {
  readonly registries: LocalRegistries;
  /** An empty folder for the clients. */
  readonly home: string;
  readonly sha: string;
  readonly npm: string;
  readonly pypi: string;
  /** The query to `go get` with, and what it must resolve to. */
  readonly go: { readonly query: string; readonly version: string };
}

/** How a client of this machine fared, or why it could not be asked. */
export interface Shown {
  readonly found: boolean;
  readonly show: () => void;
}

type Client = (installed: Installed) => Promise<Shown>;

/** Runs each client that is on this machine, all at once. */
export async function installWithClients(installed: Installed): Promise<readonly Shown[]> {
  const clients: readonly (readonly [
    name: string,
    probe: readonly [string, ...string[]],
    how: string,
    install: Client,
  ])[] = [
    ['npm', ['npm', '--version'], 'it comes with Node.js', byNpm],
    ['pip', ['python3', '-m', 'pip', '--version'], 'install Python 3 with pip', byPip],
    ['go', ['go', 'version'], 'install Go', byGo],
    ['skopeo', ['skopeo', '--version'], 'apt-get install skopeo', bySkopeo],
    [
      'crane',
      ['crane', 'version'],
      'go install github.com/google/go-containerregistry/cmd/crane@latest',
      byCrane,
    ],
    ['docker', ['docker', 'version'], 'start a Docker Engine', byDocker],
  ];
  return settleAll(
    clients.map(async ([name, probe, how, install]) =>
      (await runs(probe, installed.home)) ? install(installed) : missing(name, how),
    ),
  );
}

function missing(what: string, how: string): Shown {
  return { found: false, show: () => without(what, how) };
}

function same(
  client: string,
  found: string | undefined,
  { sha }: Installed,
  detail: string,
): Shown {
  if (found !== sha)
    throw new Error(`${client} found ${found ?? 'no SHA'} where ${sha} was published (${detail})`);
  return { found: true, show: () => good(`${client.padEnd(6)} ${detail}: ${found}`) };
}

const byNpm: Client = async (installed) => {
  const { registries, npm, home } = installed;
  const cwd = join(home, 'npm');
  await mkdir(cwd);
  const name = '@ameideio/ameide-sdk-ts';
  const env = {
    npm_config_registry: registries.npm.url,
    npm_config_cache: join(cwd, 'cache'),
    npm_config_userconfig: join(cwd, 'npmrc'),
  };
  await must(['npm', 'install', '--no-audit', '--no-fund', '--prefix', cwd, `${name}@${npm}`], {
    cwd,
    env,
  });
  const manifest = JSON.parse(
    await readFile(join(cwd, 'node_modules', name, 'package.json'), 'utf8'),
  );
  const script = `const { parseResourceName } = await import(${JSON.stringify(name)}); console.log(parseResourceName('tenants/acme/graphs/orders').tenant)`;
  const said = await must(['node', '--input-type=module', '--eval', script], { cwd });
  if (said.trim() !== 'acme') throw new Error(`the installed TypeScript SDK answered ${said}`);
  return same('npm', manifest.gitHead, installed, `${name}@${manifest.version} works, gitHead`);
};

const byPip: Client = async (installed) => {
  const { registries, pypi, home } = installed;
  if (pypi === '') return missing('pip', 'nothing was published to the Python index');
  const target = join(home, 'pip');
  const env = {
    PIP_CONFIG_FILE: '/dev/null',
    PIP_NO_CACHE_DIR: '1',
    PIP_DISABLE_PIP_VERSION_CHECK: '1',
    PIP_FIND_LINKS: '',
    PYTHONPATH: target,
  };
  const wanted = `ameide-sdk-python==${pypi}`;
  const answer = await run(
    [
      'python3',
      '-m',
      'pip',
      'install',
      '--quiet',
      '--no-deps',
      '--target',
      target,
      '--index-url',
      registries.python.simpleUrl,
      wanted,
    ],
    { cwd: home, env },
  );
  if (answer.code !== 0) throw new Error(`pip could not install ${wanted}\n${answer.stderr}`);
  const script = [
    'import importlib.metadata as m, ameide_sdk',
    'assert ameide_sdk.parse_resource_name("tenants/acme/graphs/orders").tenant == "acme"',
    'urls = dict(u.split(", ", 1) for u in m.metadata("ameide-sdk-python").get_all("Project-URL"))',
    'print(urls["Source Commit"].rsplit("/", 1)[1])',
  ].join('\n');
  const found = await must(['python3', '-c', script], { cwd: home, env });
  return same('pip', found.trim(), installed, `${wanted} works, Source Commit`);
};

const byGo: Client = async (installed) => {
  const { registries, go, home } = installed;
  const cwd = join(home, 'go');
  await mkdir(cwd);
  const module = 'github.com/ameideio/ameide-sdk-go';
  const env = {
    GOPROXY: 'direct',
    GOSUMDB: 'off',
    GOFLAGS: '-mod=mod -modcacherw',
    GOMODCACHE: join(cwd, 'cache'),
    GOTOOLCHAIN: 'local',
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: `url.${registries.git.url}/ameideio/ameide-sdk-go.insteadOf`,
    GIT_CONFIG_VALUE_0: `https://${module}`,
  };
  await must(['go', 'mod', 'init', 'example.com/consumer'], { cwd, env });
  await must(['go', 'get', `${module}@${go.query}`], { cwd, env });
  const listed = JSON.parse(await must(['go', 'list', '-m', '-json', module], { cwd, env }));
  if (listed.Version !== go.version)
    throw new Error(`go resolved ${go.query} to ${listed.Version}, not to ${go.version}`);
  const origin = JSON.parse(
    await must(['go', 'mod', 'download', '-json', `${module}@${listed.Version}`], { cwd, env }),
  ).Origin?.Hash;
  const text = await must(
    [
      'git',
      '--git-dir',
      registries.git.path('ameideio/ameide-sdk-go'),
      'cat-file',
      'commit',
      origin ?? go.query,
    ],
    {
      cwd,
    },
  );
  const found = /^Source-Commit: (\S+)$/m.exec(text)?.[1];
  return same(
    'go',
    found,
    installed,
    `${module}@${listed.Version}, Source-Commit of its mirror commit`,
  );
};

const bySkopeo: Client = async (installed) => {
  const image = `${installed.registries.oci.host}/ameideio/ameide-sdk-ts:${installed.sha}`;
  const { Labels } = JSON.parse(
    await must(['skopeo', 'inspect', '--tls-verify=false', `docker://${image}`], {
      cwd: installed.home,
    }),
  );
  return same(
    'skopeo',
    Labels['org.opencontainers.image.revision'],
    installed,
    `ameide-sdk-ts:${installed.sha.slice(0, 12)}, revision label`,
  );
};

const byCrane: Client = async (installed) => {
  const image = `${installed.registries.oci.host}/ameideio/configuration:${installed.sha}`;
  const { annotations } = JSON.parse(
    await must(['crane', 'manifest', '--insecure', image], { cwd: installed.home }),
  );
  return same(
    'crane',
    annotations['org.opencontainers.image.revision'],
    installed,
    `configuration:${installed.sha.slice(0, 12)}, revision annotation`,
  );
};

const byDocker: Client = async (installed) => {
  const image = `${installed.registries.oci.host}/ameideio/ameide-sdk-go:${installed.sha}`;
  await must(['docker', 'pull', '--quiet', image], { cwd: installed.home });
  const [{ Config }] = JSON.parse(
    await must(['docker', 'image', 'inspect', image], { cwd: installed.home }),
  );
  await run(['docker', 'image', 'rm', image], { cwd: installed.home });
  return same(
    'docker',
    Config.Labels['org.opencontainers.image.revision'],
    installed,
    `ameide-sdk-go:${installed.sha.slice(0, 12)}, revision label`,
  );
};
