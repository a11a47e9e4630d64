// The main job, end to end, on registries of its own: nothing leaves this machine but what the
// install itself fetches.
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { parseArgs } from 'node:util';
import { startLocalRegistries } from '@ameide/local-registries';
import { settleAll } from '@ameide/publisher-kit';
import type { TraceReport } from '@ameide/release';
import { installWithClients, type Shown } from './demo/clients.ts';
import { exampleEnvironment, untilStopped, writeEnvironment } from './demo/environment.ts';
import { moveTag } from './demo/forgery.ts';
import { setImages } from './demo/manifests.ts';
import { pythonBuildTool } from './demo/python.ts';
import { createDemoRepository, type DemoRepository } from './demo/repository.ts';
import { type RunResult, run, runs } from './demo/run.ts';
import { good, heading, line, without } from './demo/say.ts';
import { startTrust } from './demo/trust.ts';

const root = join(import.meta.dirname, '..');
const MIRROR = 'ameideio/ameide-sdk-go';
const ENVIRONMENTS = ['production', 'staging', 'development'] as const;
const bin = join(root, 'packages/release/src/bin.ts');
const flags = readFlags();

if (!(await runs(['pnpm', '--version'], root))) {
  console.error(
    'The example is built with pnpm, which is not on PATH. Start the demo with: npx -y pnpm@12 demo',
  );
  process.exit(1);
}

const home = await mkdtemp(join(tmpdir(), 'ameide-demo-'));
heading('Starting an npm registry, a Python index, a git host and an OCI registry on loopback');
const trust = await startTrust();
const registries = await startLocalRegistries({ goRepositories: [MIRROR], trust });
line(
  `npm ${registries.npm.url}   python ${registries.python.url}   git ${registries.git.url}   oci ${registries.oci.url}`,
);
line(`stand-ins: Sigstore ${trust.sigstore.url}   identities of CI jobs ${trust.issuer.url}`);
line(
  'Each publish runs as a job of GitHub Actions, so it also prints lines for GitHub, such as ::group::.',
);

// Ctrl-C reaches the programs that run as well: they stop, the demo fails, and everything it has
// started and written is taken away below.
let stopped = false;
for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => (stopped = true));

try {
  const [repository, tool] = await settleAll([
    createDemoRepository(root, home, trust.sigstore.option),
    pythonBuildTool(home),
  ]);
  const cli = ameideRelease(repository, tool);
  await repository.commit('The first commit of Ameide', '2025-11-13T14:00:00+00:00');
  await repository.change(
    'packages/ameide_sdk_ts/README.md',
    '\nA resource name is checked before it is sent.',
  );
  const first = await repository.commit('Say that names are checked', '2025-11-13T16:32:11+01:00');

  heading(`A dev build of ${first.slice(0, 12)} (branch main)`);
  await cli.publish(first);
  heading(`Tagging the same commit v0.1.0: a release`);
  await repository.tag('v0.1.0');
  await cli.publish(first, 'refs/tags/v0.1.0');
  await repository.change('packages/ameide_configuration/configuration.yaml', 'locale: en');
  const second = await repository.commit('Set a locale', '2025-11-14T09:05:00+00:00');
  heading(`A dev build of ${second.slice(0, 12)}, after the release: it leads to 0.1.1`);
  await cli.publish(second);
  heading('The same again: nothing is left to do');
  await cli.publish(second);

  heading('What was built from each SHA? The registries answer');
  // The clients, trace and verify only read: all of them at once. What they print is shown in its turn.
  const [traced, installed, proven] = await settleAll([
    settleAll([first, second].map((sha) => cli.trace(sha))),
    cli.tracedBuild(second).then((report) => installLast(second, report)),
    settleAll(['v0.1.0', second].map((revision) => cli.verify(revision))),
  ]);
  for (const show of traced) show();
  heading('The clients of each ecosystem install it, and find the SHA inside');
  for (const { show } of installed) show();
  const succeeded = installed.filter(({ found }) => found).length;
  line(`${succeeded} clients found ${second} inside what they installed.`);

  heading('Is that proven? The signatures and provenances of the release, and of the dev build');
  for (const show of proven) show();
  heading(
    'A forgery: the tag 0.1.0 of an image is moved to another commit’s image, signed as well',
  );
  const tag = { tag: '0.1.0', from: second };
  const moveBack = await moveTag(registries, 'ameideio/ameide-sdk-python', tag);
  (await cli.verify('v0.1.0', 4))();
  good('verify names the forged tag, and ends with exit code 4');
  await moveBack();

  heading('What may run where: the manifests of production and staging are pinned, and checked');
  await setImages(join(repository.directory, 'deploy'), `${registries.oci.host}/ameideio`);
  for (const show of await cli.deploy(second)) show();
  if (flags.keep) await stayUp(repository);
} catch (error) {
  if (!stopped) throw error;
  console.log('\nStopped.');
  process.exitCode = 130;
} finally {
  await registries.stop();
  await trust.stop();
  await rm(home, { recursive: true, force: true });
}

function ameideRelease(repository: DemoRepository, tool: string | undefined) {
  const path = [tool, process.env['PATH']]
    .filter((part) => part !== undefined && part !== '')
    .join(delimiter);
  const env = { ...exampleEnvironment(registries, MIRROR), PATH: path };
  const others = [
    'npm:@ameideio/ameide-sdk-ts',
    'go:github.com/ameideio/ameide-sdk-go',
    'npm:@ameideio/configuration',
  ];
  const images = ['ameide-sdk-ts', 'ameide-sdk-go', 'ameide-sdk-python', 'configuration'];
  const only =
    tool === undefined
      ? [
          '--only',
          ...others,
          ...images.map((name) => `oci:${registries.oci.host}/ameideio/${name}`),
        ]
      : [];
  if (tool === undefined)
    without(
      'PyPI',
      'no uv, no "python3 -m build" and no way to install one: install Python 3 with venv',
    );
  const call = async (
    args: readonly string[],
    { env: ofCall = {}, expected = 0, show = false }: Call = {},
  ): Promise<RunResult> => {
    const result = await run([process.execPath, bin, '-C', repository.directory, ...args], {
      cwd: root,
      env: { ...env, ...ofCall },
      show,
    });
    if (stopped) throw new Error('stopped');
    if (result.code === expected) return result;
    const { code, stderr, stdout } = result;
    throw new Error(`ameide-release ${args.join(' ')} ended with ${code}\n${stdout}${stderr}`);
  };
  /** Resolves to what shows it. */
  const later = async (args: readonly string[], expected = 0): Promise<() => void> => {
    const { stderr, stdout } = await call(args, { expected, env: colours() });
    return () => {
      process.stdout.write(stdout);
      process.stderr.write(stderr);
    };
  };
  return {
    publish: (sha: string, ref = 'refs/heads/main') =>
      call(['publish', ...progress(), ...only], { env: trust.job({ sha, ref }), show: true }),
    trace: (sha: string) => later(['trace', '--quiet', sha]),
    tracedBuild: async (sha: string): Promise<TraceReport> =>
      JSON.parse((await call(['trace', sha, '--json'])).stdout),
    /** Pins production to the release and staging to a commit, and checks both; then what production refuses. */
    deploy: async (sha: string): Promise<readonly (() => void)[]> => {
      const [production, staging, development] = ENVIRONMENTS.map((name) =>
        join(repository.directory, 'deploy', name),
      ) as [string, string, string];
      const ask = (...args: readonly string[]) => later(['deploy', ...args, '--quiet']);
      const pinned = await settleAll([
        ask('pin', '--env', 'production', '--version', '0.1.0', '--write', production),
        ask('pin', '--env', 'staging', '--sha', sha, '--write', staging),
      ]);
      const checked = await settleAll([
        ask('check', '--env', 'production', '--online', production),
        ask('check', '--env', 'staging', '--online', staging),
        later(['deploy', 'check', '--env', 'production', '--quiet', development], 2),
      ]);
      return [...pinned, ...checked];
    },
    /** `expected` is the exit code. */
    verify: (revision: string, expected = 0) => later(['verify', '--quiet', revision], expected),
  };
}

interface Call {
  readonly expected?: number;
  /** More variables: those of a CI job. */
  readonly env?: Readonly<Record<string, string>>;
  readonly show?: boolean;
}

/** What is kept to be shown later has the colours that it would have had here. */
function colours(): Readonly<Record<string, string>> {
  return process.stdout.isTTY ? { FORCE_COLOR: '1' } : {};
}

/** A job of a CI is shown plain lines, unless somebody asks for live ones: here a person looks. */
function progress(): readonly string[] {
  const { columns, isTTY } = process.stderr;
  const { CI = '', TERM } = process.env;
  return isTTY && columns >= 20 && TERM !== 'dumb' && CI === '' ? ['--progress', 'live'] : [];
}

async function installLast(sha: string, report: TraceReport): Promise<readonly Shown[]> {
  const clients = join(home, 'clients');
  await mkdir(clients);
  const built = report.artifacts.filter((artifact) => artifact.sha === sha);
  const version = (name: string, separator: string): string =>
    built
      .find(({ coordinate }) => coordinate.startsWith(`${name}${separator}`))
      ?.coordinate.slice(name.length + separator.length) ?? '';
  const go = built.find(({ ecosystem }) => ecosystem === 'go');
  return installWithClients({
    registries,
    home: clients,
    sha,
    npm: version('npm:@ameideio/ameide-sdk-ts', '@'),
    pypi: version('pypi:ameide-sdk-python', '=='),
    go: {
      query: version('go:github.com/ameideio/ameide-sdk-go', '@'),
      version: go?.resolved ?? '',
    },
  });
}

async function stayUp(repository: DemoRepository): Promise<void> {
  const { npm, python, git, oci } = registries;
  const file = await writeEnvironment(home, {
    ...exampleEnvironment(registries, MIRROR),
    ...trust.identity(),
    // The builds call pnpm, which is on PATH only inside of a script.
    PATH: process.env['PATH'] ?? '',
  });
  heading('Kept up; stop with Ctrl-C');
  line(`repository ${repository.directory}`);
  line(`npm        npm view --registry ${npm.url} @ameideio/ameide-sdk-ts dist-tags`);
  line(`python     curl ${python.simpleUrl}ameide-sdk-python/`);
  line(`git        git ls-remote ${git.url}/ameideio/ameide-sdk-go.git`);
  line(
    `oci        skopeo list-tags --tls-verify=false docker://${oci.host}/ameideio/ameide-sdk-ts`,
  );
  line(
    `Another publish: . ${file} && ${process.execPath} ${bin} -C ${repository.directory} publish`,
  );
  await untilStopped();
}

/** Reads the options. Ends the program after --help, and with exit code 2 for an unknown option. */
function readFlags(): { readonly keep: boolean } {
  const usage =
    'Usage: npx -y pnpm@12 demo [--keep]\n  --keep  leaves the registries and the repository running until Ctrl-C';
  const options = { keep: { type: 'boolean', default: false }, help: { type: 'boolean' } } as const;
  try {
    const { help, keep } = parseArgs({ options }).values;
    if (help !== true) return { keep };
    console.log(usage);
    return process.exit(0);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    console.error(`${error.message}\n${usage}`);
    return process.exit(2);
  }
}
