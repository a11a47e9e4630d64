import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Processes, Secret } from '@ameide/publisher-kit';

/** Where to run the renderer: not in the project, whose files Python could import. */
export interface RenderPlace {
  readonly processes: Processes;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | Secret>>;
  readonly signal: AbortSignal;
}

/** `rendered` is undefined if no renderer could be had. */
export interface Rendering {
  readonly rendered?: boolean;
  /** What docutils says about a text that does not render. */
  readonly reason?: string;
}

// Exit codes 10 and 11 are answers; Python's own failures exit with 1 or 2, uv's with 2.
const [RENDERED, REFUSED] = [10, 11];
const PROGRAM = `
import io, sys
from readme_renderer.rst import render
text = sys.stdin.buffer.read().decode("utf-8")
stream = io.StringIO()
if render(text, stream=stream) is None:
    print(stream.getvalue())
    sys.exit(${REFUSED})
sys.exit(${RENDERED})
`;
// PyPI had 45.0 in August 2026. Newer ones are what PyPI will have.
const REQUIREMENT = 'readme-renderer>=45.0';
const TIME_LIMIT = 120_000;

/**
 * Renders a reStructuredText with PyPI's own renderer, Python's readme_renderer: in a Python that
 * has it, else through uv, else in a virtual environment of our own. The last two download it
 * unless it is cached.
 */
export async function renderRst(text: string, place: RenderPlace): Promise<Rendering> {
  for (const command of [
    ['python3', '-I', '-c', PROGRAM],
    ['python', '-I', '-c', PROGRAM],
    uvCommand('uv'),
    uvCommand('python3', '-m', 'uv'),
  ] as const) {
    const answer = await ask(command, text, place);
    if (answer.rendered !== undefined) return answer;
  }
  return inOwnEnvironment(text, place);
}

function uvCommand(program: string, ...first: readonly string[]): readonly [string, ...string[]] {
  const uv = ['run', '--no-project', '--isolated', '--quiet', '--with', REQUIREMENT];
  return [program, ...first, ...uv, 'python', '-I', '-c', PROGRAM];
}

async function inOwnEnvironment(text: string, place: RenderPlace): Promise<Rendering> {
  const { processes, env, signal } = place;
  const folder = join(place.cwd, 'renderer');
  await mkdir(folder, { recursive: true });
  const pip = [
    '-m',
    'pip',
    'install',
    '--quiet',
    '--disable-pip-version-check',
    '--target',
    folder,
  ];
  const command = { cwd: place.cwd, env, timeoutMs: TIME_LIMIT, signal };
  const installed = await processes.run({ ...command, argv: ['python3', ...pip, REQUIREMENT] });
  if (!installed.ok) return {};
  const program = `import sys\nsys.path.insert(0, ${JSON.stringify(folder)})\n${PROGRAM}`;
  return ask(['python3', '-I', '-c', program], text, place);
}

async function ask(
  argv: readonly [string, ...string[]],
  input: string,
  { processes, cwd, env, signal }: RenderPlace,
): Promise<Rendering> {
  const command = { argv, input, cwd, env, timeoutMs: TIME_LIMIT, signal };
  const result = await processes.run(command);
  if (result.exitCode === RENDERED) return { rendered: true };
  if (result.exitCode !== REFUSED) return {};
  return { rendered: false, reason: result.stdoutText.trim().replace(/\s+/g, ' ').slice(0, 400) };
}
