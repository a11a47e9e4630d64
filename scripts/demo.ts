// The main job, end to end, on registries of its own: nothing leaves this machine but what the install itself fetches.
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { parseArgs } from 'node:util';
import type { LocalRegistries } from '@ameide/local-registries';
import { startLocalRegistries } from '@ameide/local-registries';
import type { TraceReport } from '@ameide/release';
import { prove } from './demo/clients.ts';
import { pythonBuildTool } from './demo/python.ts';
import type { DemoRepository } from './demo/repository.ts';
import { createDemoRepository } from './demo/repository.ts';
import { run } from './demo/run.ts';
import { heading, line, without } from './demo/say.ts';

const root = join(import.meta.dirname, '..');
const { values: flags } = parseArgs({ options: { keep: { type: 'boolean', default: false } } });

const home = await mkdtemp(join(tmpdir(), 'ameide-demo-'));
heading('Starting an npm registry, a Python index, a git host and an OCI registry on loopback');
const registries = await startLocalRegistries({ goRepositories: ['ameideio/ameide-sdk-go'] });
line(`npm ${registries.npm.url}   python ${registries.python.url}   git ${registries.git.url}   oci ${registries.oci.url}`);

try {
  const repository = await createDemoRepository(root, home);
  const cli = await ameideRelease(repository, registries);
  await repository.commit('The first commit of Ameide', '2025-11-13T14:00:00+00:00');
  await repository.change('packages/ameide_sdk_ts/README.md', '\nA resource name is checked before it is sent.');
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
} finally {
  await registries.stop();
  await rm(home, { recursive: true, force: true });
}

async function ameideRelease(repository: DemoRepository, { npm, python, git, oci }: LocalRegistries) {
  const tool = await pythonBuildTool(home);
  const env: Record<string, string> = {
    PATH: [tool, process.env['PATH']].filter((part) => part !== undefined && part !== '').join(delimiter),
    NPM_REGISTRY: npm.url,
    NPM_TOKEN: npm.token,
    PYPI_UPLOAD_URL: python.uploadUrl,
    PYPI_SIMPLE_URL: python.simpleUrl,
    PYPI_TOKEN: python.token,
    GO_MIRROR: `${git.url}/ameideio/ameide-sdk-go.git`,
    GO_MIRROR_TOKEN: git.token,
    OCI_PREFIX: `${oci.host}/ameideio`,
    OCI_TOKEN: oci.password,
    OCI_USER: oci.user,
    GITHUB_ACTIONS: '',
  };
  const bin = join(root, 'packages/release/src/bin.ts');
  const { host } = oci;
  const all = ['npm:@ameideio/ameide-sdk-ts', 'go:github.com/ameideio/ameide-sdk-go', 'npm:@ameideio/configuration'];
  const images = ['ameide-sdk-ts', 'ameide-sdk-go', 'ameide-sdk-python', 'configuration'].map((name) => `oci:${host}/ameideio/${name}`);
  const only = tool === undefined ? ['--only', ...all, ...images] : [];
  if (tool === undefined) without('PyPI', 'no uv, no "python3 -m build" and no way to install one: install Python 3 with venv');
  const call = async (args: readonly string[], show: boolean): Promise<string> => {
    const { code, stdout } = await run([process.execPath, bin, '-C', repository.directory, ...args], { cwd: root, env, show });
    if (code !== 0) throw new Error(`ameide-release ${args.join(' ')} ended with ${code}\n${stdout}`);
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
    built.find(({ coordinate }) => coordinate.startsWith(`${name}${separator}`))?.coordinate.slice(name.length + separator.length) ?? '';
  const go = built.find(({ ecosystem }) => ecosystem === 'go');
  return prove({
    registries,
    home: clients,
    sha,
    npm: version('npm:@ameideio/ameide-sdk-ts', '@'),
    pypi: version('pypi:ameide-sdk-python', '=='),
    go: { query: version('go:github.com/ameideio/ameide-sdk-go', '@'), version: go?.resolved ?? '' },
  });
}

async function stayUp(repository: DemoRepository, { npm, python, git, oci }: LocalRegistries): Promise<void> {
  heading('Kept up; stop with Ctrl-C');
  line(`repository ${repository.directory}`);
  line(`npm        ${npm.url}`);
  line(`python     ${python.simpleUrl}`);
  line(`git        ${git.url}/ameideio/ameide-sdk-go.git`);
  line(`oci        ${oci.host}/ameideio/ameide-sdk-ts`);
  await new Promise<void>((resolve) => {
    const alive = setInterval(() => undefined, 60_000);
    process.once('SIGINT', () => {
      clearInterval(alive);
      resolve();
    });
  });
}
