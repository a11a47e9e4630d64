// The main job, end to end, on registries of its own: nothing leaves this machine but what the
// install itself fetches.
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { parseArgs } from 'node:util';
import { type LocalRegistries, startLocalRegistries } from '@ameide/local-registries';
import type { TraceReport } from '@ameide/release';
import { prove } from './demo/clients.ts';
import { registryEnvironment, untilStopped, writeEnvironment } from './demo/environment.ts';
import { pythonBuildTool } from './demo/python.ts';
import { createDemoRepository, type DemoRepository } from './demo/repository.ts';
import { run, runs } from './demo/run.ts';
import { heading, line, without } from './demo/say.ts';

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
const registries = await startLocalRegistries({ goRepositories: [MIRROR] });
line(
  `npm ${registries.npm.url}   python ${registries.python.url}   git ${registries.git.url}   oci ${registries.oci.url}`,
);

// Ctrl-C reaches the programs that run as well: they stop, the demo fails, and everything it has
// started and written is taken away below.
let stopped = false;
for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => (stopped = true));

try {
  const repository = await createDemoRepository(root, home);
  const cli = await ameideRelease(repository, registries);
  await repository.commit('The first commit of Ameide', '2025-11-13T14:00:00+00:00');
  await repository.change(
    'packages/ameide_sdk_ts/README.md',
    '\nA resource name is checked before it is sent.',
  );
  const first = await repository.commit('Say that names are checked', '2025-11-13T16:32:11+01:00');

  heading(`A dev build of ${first.slice(0, 12)} (branch main)`);
  await cli.publish();
  heading(`Tagging the same commit v0.1.0: a release`);
  await repository.tag('v0.1.0');
  await cli.publish();
  await repository.change('packages/ameide_configuration/configuration.yaml', 'locale: en');
  const second = await repository.commit('Set a locale', '2025-11-14T09:05:00+00:00');
  heading(`A dev build of ${second.slice(0, 12)}, after the release: it leads to 0.1.1`);
  await cli.publish();
  heading('The same again: nothing is left to do');
  await cli.publish();

  heading('What was built from each SHA? The registries answer');
  const reports = [];
  for (const sha of [first, second]) reports.push(await cli.trace(sha));
  heading('The clients of each ecosystem install it, and find the SHA inside');
  const proved = await proveLast(second, reports.at(-1));
  line(`${proved} clients found ${second} inside what they installed.`);
  if (flags.keep) await stayUp(repository, registries);
} catch (error) {
  if (!stopped) throw error;
  console.log('\nStopped.');
  process.exitCode = 130;
} finally {
  await registries.stop();
  await rm(home, { recursive: true, force: true });
}

async function ameideRelease(repository: DemoRepository, registries: LocalRegistries) {
  const tool = await pythonBuildTool(home);
  const path = [tool, process.env['PATH']]
    .filter((part) => part !== undefined && part !== '')
    .join(delimiter);
  const env = { ...registryEnvironment(registries, MIRROR), PATH: path };
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
  const call = async (args: readonly string[], show: boolean): Promise<string> => {
    const { code, stdout } = await run(
      [process.execPath, bin, '-C', repository.directory, ...args],
      { cwd: root, env, show },
    );
    if (stopped) throw new Error('stopped');
    if (code !== 0)
      throw new Error(`ameide-release ${args.join(' ')} ended with ${code}\n${stdout}`);
    return stdout;
  };
  return {
    publish: () => call(['publish', ...only], true),
    async trace(sha: string): Promise<TraceReport> {
      await call(['trace', sha], true);
      return JSON.parse(await call(['trace', sha, '--json'], false));
    },
  };
}

async function proveLast(sha: string, report: TraceReport | undefined): Promise<number> {
  const clients = join(home, 'clients');
  await mkdir(clients);
  const built = (report?.artifacts ?? []).filter((artifact) => artifact.sha === sha);
  const version = (name: string, separator: string): string =>
    built
      .find(({ coordinate }) => coordinate.startsWith(`${name}${separator}`))
      ?.coordinate.slice(name.length + separator.length) ?? '';
  const go = built.find(({ ecosystem }) => ecosystem === 'go');
  return prove({
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
    ...registryEnvironment(registries, MIRROR),
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
