// Records `publish` of the example in a real pseudo-terminal, on registries on loopback, and writes what
// a person saw into docs/progress.md. Needs Python 3.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { startLocalRegistries } from '@ameide/local-registries';
import { runInTerminal } from '../packages/release/test/support/pseudo-terminal.ts';
import { exampleEnvironment } from './demo/environment.ts';
import { pythonBuildTool } from './demo/python.ts';
import { createDemoRepository } from './demo/repository.ts';
import { startTrust } from './demo/trust.ts';

const root = join(import.meta.dirname, '..');
const page = join(root, 'docs/progress.md');
const MIRROR = 'ameideio/ameide-sdk-go';
const SIZE = { columns: 112, rows: 16 };
const SHOWN = ['check', 'prepare', 'build', 'publish', 'verify'];
const BEGIN = '<!-- recorded: npx -y pnpm@12 exec node scripts/record-progress.ts -->';
const END = '<!-- end of the recording -->';

const home = await mkdtemp(join(tmpdir(), 'ameide-recording-'));
const trust = await startTrust();
const registries = await startLocalRegistries({ goRepositories: [MIRROR], trust });
try {
  const repository = await createDemoRepository(root, home, trust.sigstore.option);
  await repository.commit('The first commit of Ameide', '2025-11-13T16:32:11+01:00');
  const tool = await pythonBuildTool(home);
  const PATH = [tool, process.env['PATH']].filter(Boolean).join(delimiter);
  const live = await record('live', { PATH });
  const plain = await record('plain', { PATH, CI: 'true' });
  const text = [
    'A first run, in a terminal of 112 columns: some of its frames in order, then the output that was left at the end:',
    ...live.frames.map(block),
    block(live.left),
    'The same commit again in CI: an artifact that is there already is not built or sent again.',
    block(plain.left),
  ].join('\n\n');
  const whole = await readFile(page, 'utf8');
  const [before = '', rest = ''] = whole.split(BEGIN);
  const [, after = ''] = rest.split(END);
  await writeFile(page, `${before}${BEGIN}\n\n${text}\n\n${END}${after}`);
} finally {
  await registries.stop();
  await trust.stop();
  await rm(home, { recursive: true, force: true });
}

interface Recording {
  readonly frames: readonly (readonly string[])[];
  readonly left: readonly string[];
}

async function record(
  progress: 'live' | 'plain',
  more: Readonly<Record<string, string>>,
): Promise<Recording> {
  // Whatever this machine sets for uv and pnpm.
  const own = Object.entries(process.env).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  const terminal256 = { CI: '', NO_COLOR: '', TERM: 'xterm-256color' };
  const env = {
    ...Object.fromEntries(own),
    ...terminal256,
    ...exampleEnvironment(registries, MIRROR),
    // Live lines have to be asked for: this is a job of GitHub Actions.
    ...trust.identity(),
    ...more,
  };
  const argv = ['-C', join(home, 'ameide'), 'publish', '--progress', progress];
  const terminal = runInTerminal(argv, { ...SIZE, env });
  const code = await terminal.ended;
  if (code !== 0) throw new Error(`publish ended with ${code}\n${terminal.lines().join('\n')}`);
  const frames = SHOWN.map((phase) => frameOf(phase, terminal.frames()));
  return { frames: frames.filter((frame) => frame !== undefined), left: terminal.lines() };
}

/** Returns the frame of a phase in which the artifacts differ most. */
function frameOf(
  phase: string,
  frames: readonly (readonly string[])[],
): readonly string[] | undefined {
  const ofPhase = frames.filter(([head = '']) => head.includes(`  ${phase}`));
  const marks = (frame: readonly string[]): number =>
    new Set(frame.slice(1).map((line) => line[0])).size * 100 + frame.join('').length / 100;
  return ofPhase.toSorted((a, b) => marks(b) - marks(a))[0];
}

/** Replaces ports and temporary folders, which differ in each run. */
function block(lines: readonly string[]): string {
  const text = lines
    .map((line) =>
      line
        .replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:50000')
        .replaceAll(home, '/tmp/demo')
        .replaceAll(process.execPath, 'node'),
    )
    .join('\n');
  return `\`\`\`text\n${text}\n\`\`\``;
}
