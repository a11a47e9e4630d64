import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const TEST = join(import.meta.dirname, '..');

/**
 * Asks many questions of one child process that reads and writes JSON lines; the answers come in
 * the same order.
 */
function ask<Answer>(
  command: string,
  args: readonly string[],
  questions: readonly object[],
): Answer[] {
  const input = questions.map((question) => `${JSON.stringify(question)}\n`).join('');
  const output = execFileSync(command, args, {
    input,
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
  });
  const answers = output.split('\n').filter((line) => line !== '');
  if (answers.length !== questions.length)
    throw new Error(`${questions.length} questions, ${answers.length} answers`);
  return answers.map((line) => JSON.parse(line) as Answer);
}

/** Python's `packaging`. */
export function askPackaging<Answer>(questions: readonly object[]): Answer[] {
  return ask('python3', [join(TEST, 'packaging_oracle.py')], questions);
}

/**
 * Builds the Go program in `test/go-oracle` (golang.org/x/mod is vendored there: no network).
 * Remove `directory` afterwards.
 */
export function buildGoOracle(): {
  ask<Answer>(questions: readonly object[]): Answer[];
  remove(): void;
} {
  const directory = mkdtempSync(join(tmpdir(), 'go-oracle-'));
  const binary = join(directory, 'go-oracle');
  execFileSync('go', ['build', '-mod=vendor', '-o', binary, '.'], {
    cwd: join(TEST, 'go-oracle'),
    env: { ...process.env, GOTOOLCHAIN: 'local', GOFLAGS: '', GOPROXY: 'off', GOWORK: 'off' },
  });
  return {
    ask: <Answer>(questions: readonly object[]) => ask<Answer>(binary, [], questions),
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}
