import type { FoundPackage } from '@ameide/source-files/packages';
import { pathIn } from '@ameide/versioning-core';
import { shellWords } from '../../report/shell-word.ts';
import { hasBelow, hasFile, type RepositoryFacts } from '../facts.ts';
import type { JavaScript } from '../javascript.ts';
import { neededBuilds, neededCommands } from '../needed-builds.ts';
import { runStep, type StepLines, scalar } from './yaml.ts';

/** The steps that test the packages, and what has to be set up for them. */
export interface TestSteps {
  readonly steps: readonly StepLines[];
  readonly usesUv: boolean;
}

export async function testSteps(
  facts: RepositoryFacts,
  published: readonly FoundPackage[],
): Promise<TestSteps> {
  const of = (wanted: FoundPackage['ecosystem']): readonly FoundPackage[] =>
    published.filter(({ ecosystem }) => ecosystem === wanted);
  const python = await pythonSteps(facts, of('pypi'));
  return {
    steps: [
      ...workspacesOf(facts, published).flatMap((workspace) => javaScriptSteps(facts, workspace)),
      ...goSteps(of('go')),
      ...python.steps,
    ],
    usesUv: python.usesUv,
  };
}

/** The workspaces of the published npm packages, and the root's. */
export function workspacesOf(
  { javascript, workspaces }: RepositoryFacts,
  published: readonly FoundPackage[],
): readonly JavaScript[] {
  const used = published.flatMap(({ manifest }) => workspaces.get(manifest) ?? []);
  const all = javascript === undefined ? used : [javascript, ...used];
  return all.filter(
    ({ directory }, index) => all.findIndex((one) => one.directory === directory) === index,
  );
}

function inFolder(directory: string): { readonly workingDirectory?: string } {
  return directory === '' ? {} : { workingDirectory: scalar(directory) };
}

/** What `npm init` writes into a package without tests. */
const NO_TEST = /no test specified/;

function javaScriptSteps(facts: RepositoryFacts, workspace: JavaScript): readonly StepLines[] {
  const { directory, manager, root } = workspace;
  const own = ['build', 'lint', 'test'].filter(
    (name) => root.scripts[name] !== undefined && !NO_TEST.test(root.scripts[name]),
  );
  const commands =
    own.length > 0 || !workspace.hasMembers
      ? own.map((name) => `${manager} run ${name}`)
      : memberCommands(facts, workspace);
  const name = workspace.usesTypeScript ? 'TypeScript' : 'JavaScript';
  return commands.length === 0
    ? []
    : [runStep(directory === '' ? name : `${name} in ${directory}`, commands, inFolder(directory))];
}

/** Without scripts at the root, those of the packages. */
function memberCommands(facts: RepositoryFacts, workspace: JavaScript): readonly string[] {
  const members = facts.packages.filter(
    ({ manifest }) => facts.workspaces.get(manifest)?.directory === workspace.directory,
  );
  const names = ['build', 'test'].filter((name) =>
    members.some(({ manifest }) => facts.manifests.get(manifest)?.scripts[name] !== undefined),
  );
  // npm and Yarn 1 run scripts in the order of the folders.
  const isUnsorted = workspace.manager === 'npm' || workspace.isYarnClassic;
  const first = isUnsorted
    ? neededCommands(neededBuilds(members, workspace, facts), workspace)
    : [];
  return [...first.map(shellWords), ...names.map((name) => allMembers(workspace, name))];
}

function allMembers({ isYarnClassic, manager }: JavaScript, script: string): string {
  if (manager === 'pnpm') return `pnpm --recursive run ${script}`;
  if (manager === 'npm') return `npm run ${script} --workspaces --if-present`;
  if (manager === 'bun') return `bun run --filter '*' ${script}`;
  return isYarnClassic
    ? `yarn workspaces run ${script}`
    : `yarn workspaces foreach --all --topological run ${script}`;
}

function goSteps(modules: readonly FoundPackage[]): readonly StepLines[] {
  const commands = ['go vet ./...', 'go test ./...'];
  const [first, ...more] = modules;
  if (first === undefined) return [];
  if (more.length === 0) return [runStep('Go', commands, inFolder(first.directory))];
  const folders = modules.map(({ directory }) => shellWords([directory === '' ? '.' : directory]));
  return [
    runStep('Go', [
      'for module in \\',
      ...folders.map((folder, index) => `  ${folder}${index === folders.length - 1 ? '' : ' \\'}`),
      'do',
      '  (cd "$module" && go vet ./... && go test ./...)',
      'done',
    ]),
  ];
}

async function pythonSteps(
  facts: RepositoryFacts,
  projects: readonly FoundPackage[],
): Promise<TestSteps> {
  const isWorkspace = facts.paths.has('uv.lock') && (await mentionsPytest(facts, ''));
  if (projects.length > 0 && isWorkspace)
    return {
      steps: [runStep('Python', ['uv sync --locked --all-packages', 'uv run --no-sync pytest'])],
      usesUv: true,
    };
  const found = await Promise.all(
    projects.map(async ({ directory }) => ({
      directory,
      how: await howToTest(facts, directory),
    })),
  );
  return {
    steps: found.flatMap(({ directory, how }) =>
      how === undefined
        ? []
        : [
            runStep(found.length === 1 ? 'Python' : `Python in ${directory || '.'}`, how.commands, {
              ...inFolder(directory),
              ...(how.env === undefined ? {} : { env: how.env }),
            }),
          ],
    ),
    usesUv: found.some(({ how }) => how?.usesUv === true),
  };
}

interface PythonTest {
  readonly commands: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly usesUv?: boolean;
}

async function howToTest(
  facts: RepositoryFacts,
  directory: string,
): Promise<PythonTest | undefined> {
  const usesPytest = await mentionsPytest(facts, directory);
  if (usesPytest && hasFile(facts, directory, 'uv.lock'))
    return { commands: ['uv sync --locked', 'uv run --no-sync pytest'], usesUv: true };
  if (usesPytest && hasFile(facts, directory, 'poetry.lock'))
    return { commands: ['pipx install poetry', 'poetry install', 'poetry run pytest'] };
  if (!hasBelow(facts, pathIn(directory, 'tests'), /(?:^|\/)test_[^/]*\.py$/)) return undefined;
  if (usesPytest) return { commands: ['python3 -m pip install pytest .', 'python3 -m pytest'] };
  const hasSource = hasBelow(facts, pathIn(directory, 'src'), /\.py$/);
  return {
    commands: ['python3 -m unittest discover tests'],
    ...(hasSource ? { env: { PYTHONPATH: 'src' } } : {}),
  };
}

async function mentionsPytest({ files }: RepositoryFacts, directory: string): Promise<boolean> {
  const names = ['pyproject.toml', 'setup.cfg', 'tox.ini', 'pytest.ini', 'requirements-dev.txt'];
  const texts = await Promise.all(names.map((name) => files.readText(pathIn(directory, name))));
  return texts.some((text) => text?.includes('pytest') === true);
}
