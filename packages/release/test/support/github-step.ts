import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/**
 * Reads a GITHUB_OUTPUT file as the runner does (actions/runner, FileCommandManager: `name=value`
 * or `name<<delimiter`).
 */
export function parseOutputs(text: string): Record<string, string> {
  const lines = text.split('\n');
  const outputs: Record<string, string> = {};
  for (let line = lines.shift(); line !== undefined; line = lines.shift()) {
    if (line === '') continue;
    const equals = line.indexOf('=');
    const heredoc = line.indexOf('<<');
    if (equals >= 0 && (heredoc < 0 || equals < heredoc)) {
      outputs[line.slice(0, equals)] = line.slice(equals + 1);
      continue;
    }
    if (heredoc < 0) throw new Error(`Invalid format '${line}'`);
    const [name, delimiter] = [line.slice(0, heredoc), line.slice(heredoc + 2)];
    const end = lines.indexOf(delimiter);
    if (end < 0) throw new Error(`Matching delimiter not found '${delimiter}'`);
    outputs[name] = lines
      .splice(0, end + 1)
      .slice(0, -1)
      .join('\n');
  }
  return outputs;
}

/** A file as the runner makes it for a step; removed with the test. */
export function stepFile(before = ''): string {
  const folder = mkdtempSync(join(tmpdir(), 'ameide-step-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'file'), before);
  return join(folder, 'file');
}

/** What the runner sets for a step of a run that a push to main started. */
export interface GithubStep {
  readonly env: Readonly<Record<string, string>>;
  summary(): string;
  outputs(): Record<string, string>;
}

export function githubStep(): GithubStep {
  const [summary, output] = [stepFile(), stepFile()];
  return {
    env: {
      GITHUB_ACTIONS: 'true',
      GITHUB_EVENT_NAME: 'push',
      GITHUB_REF: 'refs/heads/main',
      GITHUB_STEP_SUMMARY: summary,
      GITHUB_OUTPUT: output,
    },
    summary: () => readFileSync(summary, 'utf8'),
    outputs: () => parseOutputs(readFileSync(output, 'utf8')),
  };
}

export interface ParsedCommand {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly data: string;
}

const unescaped = (text: string): string =>
  text.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%');

/** What the runner takes for commands in a step's output (actions/runner, `ActionCommand.TryParseV2`). */
export function parseCommands(text: string): ParsedCommand[] {
  return text.split(/\r\n|\r|\n/).flatMap((line) => {
    const [, info = '', data = ''] = /^\s*::((?:(?!::).)*)::(.*)$/.exec(line) ?? [];
    if (info === '') return [];
    const [name = '', ...rest] = info.split(' ');
    const pairs = rest
      .join(' ')
      .trim()
      .split(',')
      .filter((pair) => pair.includes('='))
      .map((pair) => [
        pair.slice(0, pair.indexOf('=')),
        unescaped(
          pair
            .slice(pair.indexOf('=') + 1)
            .replaceAll('%3A', ':')
            .replaceAll('%2C', ','),
        ),
      ]);
    return [{ name, properties: Object.fromEntries(pairs), data: unescaped(data) }];
  });
}
