import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { releaseAccess, twineAccess } from '../credentials.ts';
import { randomText } from '../random.ts';
import { createRepository, type Repository } from '../repository.ts';
import type { Ours, Peer, Place, Scenario } from '../scenario.ts';

const PROJECTS = Array.from({ length: 8 }, (_, index) => `bench-project-${index + 1}`);

function pyproject(name: string): string {
  return `[build-system]
requires = ["hatchling==1.33.0"]
build-backend = "hatchling.build"

[project]
name = "${name}"
version = "0.0.0"

[tool.hatch.build.targets.wheel]
packages = ["src/module"]
`;
}

async function projects(place: Place): Promise<Repository> {
  const repository = await createRepository(join(place.folder, 'repository'), place.run);
  const publishers = PROJECTS.map((name) => ({
    pypi: {
      directory: name,
      uploadUrl: '${PYPI_UPLOAD_URL}',
      simpleUrl: '${PYPI_SIMPLE_URL}',
      token: '${PYPI_TOKEN}',
    },
  }));
  const definition = {
    versionFile: 'VERSION',
    repository: 'https://github.com/example/bench',
    publishers,
  };
  await repository.write({ 'release.config.json': JSON.stringify(definition) });
  for (const [index, name] of PROJECTS.entries())
    await repository.write({
      [`${name}/pyproject.toml`]: pyproject(name),
      [`${name}/src/module/__init__.py`]: `DATA = '${randomText(50_000, index + 1)}'\n`,
    });
  return repository;
}

/** Builds with our command for both sides, so that both upload the same files. */
async function prepare(place: Place) {
  const repository = await projects(place);
  const call = { cwd: repository.directory, env: releaseAccess(place) };
  const out = (round: number): string => join(place.folder, `built-${round}`);
  return {
    call,
    out,
    before: async (round: number): Promise<void> => {
      await repository.write({ VERSION: `0.1.${round}\n` });
      await repository.commit(`Version 0.1.${round}`, `v0.1.${round}`);
      await place.run([place.command, 'build', '--quiet', '--out', out(round)], call);
    },
    check: async (round: number): Promise<void> => {
      for (const name of PROJECTS) {
        const page = await (await fetch(`${place.registries.python.simpleUrl}${name}/`)).text();
        const file = `${name.replaceAll('-', '_')}-0.1.${round}`;
        if (!page.includes(`${file}-py`) || !page.includes(`${file}.tar.gz`))
          throw new Error(`${file} is missing`);
      }
    },
  };
}

const ours: Ours = {
  needs: ['uv'],
  async prepare(place) {
    const { before, call, check, out } = await prepare(place);
    return {
      before,
      check,
      run: async (meter, round) =>
        void (await meter.run([place.command, 'publish', '--quiet', '--from', out(round)], call)),
    };
  },
};

const twine: Peer = {
  name: 'twine upload',
  needs: ['uv', 'twine'],
  goals: { 150: 0.15 },
  async prepare(place) {
    const { before, call, check, out } = await prepare(place);
    return {
      before,
      check,
      async run(meter, round) {
        const all = await readdir(out(round), { recursive: true });
        const files = all.filter((file) => /\.(whl|tar\.gz)$/.test(file));
        const argv = ['twine', 'upload', '--disable-progress-bar', ...files];
        await meter.run(argv, { cwd: out(round), env: { ...call.env, ...twineAccess(place) } });
      },
    };
  },
};

export const pythonScenarios: readonly Scenario[] = [
  {
    name: 'python-8',
    work: '8 wheels and 8 sdists of 50 kB',
    note: 'The next version of 8 projects, which are built before the clock starts: both sides upload the same files.',
    delays: [0, 150],
    obstacle:
      'the reads before and after each upload, and the start of Node: the projects themselves go at once.',
    ours,
    peers: [twine],
  },
];
