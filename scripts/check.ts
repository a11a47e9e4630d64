// Everything that can be said of the code without running it. Each check is one program; all of
// them run, then it reports the failed ones.
import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');

interface Outcome {
  readonly name: string;
  readonly ok: boolean;
  readonly output: string;
}

function run(
  name: string,
  argv: readonly [string, ...string[]],
  cwd: string = root,
): Promise<Outcome> {
  return new Promise((resolve) => {
    const [program, ...args] = argv;
    const child = spawn(program, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('error', (error) => resolve({ name, ok: false, output: String(error) }));
    child.on('close', (code) => resolve({ name, ok: code === 0, output }));
  });
}

/** publint and are-the-types-wrong look at what users would install: the packed packages. */
async function packedPackages(): Promise<Outcome[]> {
  const folder = await mkdtemp(join(tmpdir(), 'ameide-check-'));
  const outcomes: Outcome[] = [];
  for (const name of await readdir(join(root, 'packages'))) {
    const directory = join(root, 'packages', name);
    const manifest = JSON.parse(await readFile(join(directory, 'package.json'), 'utf8'));
    if (manifest.private === true) continue;
    const file = join(folder, `${name}.tgz`);
    const packed = await run(`pack ${name}`, ['pnpm', 'pack', '--out', file], directory);
    if (!packed.ok) {
      outcomes.push(packed);
      continue;
    }
    outcomes.push(
      ...(await Promise.all([
        run(`publint ${name}`, ['publint', 'run', file, '--strict']),
        run(`attw ${name}`, ['attw', file, '--profile', 'esm-only', '--no-emoji']),
      ])),
    );
  }
  await rm(folder, { recursive: true, force: true });
  return outcomes;
}

const first = await Promise.all([
  run('types (tsc -b)', ['tsc', '-b']),
  run('format (biome)', ['biome', 'check', '.']),
  run('lint (oxlint)', ['oxlint', '--type-aware', '--deny-warnings']),
  run('unused code (knip)', ['knip', '--treat-config-hints-as-errors']),
  run('import borders', [
    'vitest',
    'run',
    '--config',
    'vitest.workspace.ts',
    '--project',
    'workspace',
    'test/borders.test.ts',
  ]),
]);
const bundles = await run('bundles', ['node', 'scripts/bundle.ts']);
const packed = first[0]?.ok && bundles.ok ? await packedPackages() : [];
const outcomes = [...first, bundles, ...packed];
for (const { name, ok, output } of outcomes) {
  console.log(`${ok ? 'ok  ' : 'FAIL'} ${name}`);
  if (!ok) console.log(output.trimEnd().replaceAll(/^/gm, '     '));
}
const failed = outcomes.filter(({ ok }) => !ok).length;
console.log(`${outcomes.length - failed} checks passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
