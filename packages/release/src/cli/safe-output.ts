import { createRedactor } from '@ameide/publisher-kit/redactor';
import type { CliEnvironment } from './environment.ts';

/** Shorter values occur in ordinary words. */
const SHORTEST_TOKEN = 8;
const TOKEN_NAME = /(?:^|_)(?:TOKEN|PASSWORD|SECRET)$/;

/**
 * Everything the command prints goes through it. No token of the environment is
 * shown, wherever it comes from: a registry's answer, a build's output, a mistaken option. In GitHub Actions
 * no text from outside is a workflow command, which the runner looks for in every line.
 */
export function safeOutput(env: CliEnvironment): CliEnvironment {
  const tokens = Object.entries(env.env).flatMap(([name, value]) =>
    TOKEN_NAME.test(name) && value !== undefined && value.length >= SHORTEST_TOKEN ? [value] : [],
  );
  const redactor = createRedactor(tokens);
  const inActions = env.env['GITHUB_ACTIONS'] === 'true';
  const shown = (text: string): string =>
    inActions ? inert(redactor.redact(text)) : redactor.redact(text);
  return {
    ...env,
    stdout: (text) => env.stdout(shown(text)),
    stderr: (text) => env.stderr(shown(text)),
  };
}

/**
 * `::command::` at the beginning of a line, and `##[command]` anywhere, in a form that JSON reads
 * as the same.
 */
function inert(text: string): string {
  return text.replace(/^(\s*):(?=:)/gm, '$1\\u003a').replaceAll('##[', '#\\u0023[');
}
