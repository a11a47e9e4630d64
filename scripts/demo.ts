// The main job, end to end, on registries of its own: nothing leaves this machine but what the
// install itself fetches.
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { parseArgs } from 'node:util';
import { type LocalRegistries, startLocalRegistries } from '@ameide/local-registries';
import type { TraceReport } from '@ameide/release';
import { installWithClients } from './demo/clients.ts';
import { exampleEnvironment, untilStopped, writeEnvironment } from './demo/environment.ts';
import { moveTag } from './demo/forgery.ts';
import { pythonBuildTool } from './demo/python.ts';
import { createDemoRepository, type DemoRepository } from './demo/repository.ts';
import { run, runs } from './demo/run.ts';
import { good, heading, line, without } from './demo/say.ts';
import { startTrust } from './demo/trust.ts';

const root = join(import.meta.dirname, '..');
const MIRROR = 'ameideio/ameide-sdk-go';
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
  const repository = await createDemoRepository(root, home, trust.sigstore.option);
  const cli = await ameideRelease(repository, registries);
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
  for (const sha of [first, second]) await cli.trace(sha);
  heading('The clients of each ecosystem install it, and find the SHA inside');
  const succeeded = await installLast(second, await cli.tracedBuild(second));
  line(`${succeeded} clients found ${second} inside what they installed.`);

  heading('Is that proven? The signatures and provenances of the release, and of the dev build');
  for (const revision of ['v0.1.0', second]) await cli.verify(revision);
  heading(
    'A forgery: the tag 0.1.0 of an image is moved to another commit’s image, signed as well',
  );
  const tag = { tag: '0.1.0', from: second };
  const moveBack = await moveTag(registries, 'ameideio/ameide-sdk-python', tag);
  await cli.verify('v0.1.0', 4);
  good('verify names the forged tag, and ends with exit code 4');
  await moveBack();
  if (flags.keep) await stayUp(repository, registries);
} catch (error) {
  if (!stopped) throw error;
  console.log('\nStopped.');
  process.exitCode = 130;
} finally {
  await registries.stop();
  await trust.stop();
  await rm(home, { recursive: true, force: true });
}

async function ameideRelease(repository: DemoRepository, registries: LocalRegistries) {
  const tool = await pythonBuildTool(home);
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
    { expected = 0, job = {}, show = true }: Call = {},
  ): Promise<string> => {
    const { code, stdout } = await run(
      [process.execPath, bin, '-C', repository.directory, ...args],
      { cwd: root, env: { ...env, ...job }, show },
    );
    if (stopped) throw new Error('stopped');
    if (code !== expected)
      throw new Error(`ameide-release ${args.join(' ')} ended with ${code}\n${stdout}`);
    return stdout;
  };
  return {
    publish: (sha: string, ref = 'refs/heads/main') =>
      call(['publish', ...progress(), ...only], { job: trust.job({ sha, ref }) }),
    trace: (sha: string) => call(['trace', '--quiet', sha]),
    tracedBuild: async (sha: string): Promise<TraceReport> =>
      JSON.parse(await call(['trace', sha, '--json'], { show: false })),
    /** `expected` is the exit code. */
    verify: (revision: string, expected = 0) => call(['verify', '--quiet', revision], { expected }),
  };
}

interface Call {
  readonly expected?: number;
  /** The variables of the CI job. */
  readonly job?: Readonly<Record<string, string>>;
  readonly show?: boolean;
}

/** A job of a CI is shown plain lines, unless somebody asks for live ones: here a person looks. */
function progress(): readonly string[] {
  const { columns, isTTY } = process.stderr;
  const { CI = '', TERM } = process.env;
  return isTTY && columns >= 20 && TERM !== 'dumb' && CI === '' ? ['--progress', 'live'] : [];
}

async function installLast(sha: string, report: TraceReport): Promise<number> {
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

async function stayUp(repository: DemoRepository, registries: LocalRegistries): Promise<void> {
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
