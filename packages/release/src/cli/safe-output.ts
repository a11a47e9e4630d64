import { createRedactor } from '@ameide/publisher-kit/redactor';
import type { CliEnvironment } from './environment.ts';

/** Shorter values occur in ordinary words, so we do not redact them. */
const SHORTEST_TOKEN = 8;
const TOKEN_NAME = /(?:^|_)(?:TOKEN|PASSWORD|SECRET)$/;

/**
 * Makes all output safe. It redacts every token of the environment, wherever it appears: in a
 * registry's answer, a build's output, a mistyped option. In GitHub Actions, whose runner looks for
 * commands in every line, it disables workflow commands in untrusted text.
 */
export function safeOutput(env: CliEnvironment): CliEnvironment {
  const tokens = Object.entries(env.env).flatMap(([name, value]) =>
    TOKEN_NAME.test(name) && value !== undefined && value.length >= SHORTEST_TOKEN ? [value] : [],
  );
  const redactor = createRedactor(tokens);
  const inActions = env.env['GITHUB_ACTIONS'] === 'true';
  const shown = (text: string): string =>
    inActions ? disableCommands(redactor.redact(text)) : redactor.redact(text);
  return {
    ...env,
    stdout: (text) => env.stdout(shown(text)),
    stderr: (text) => env.stderr(shown(text)),
  };
}

/**
 * Rewrites `::command::` at the start of a line, and `##[command]` anywhere, into a form that JSON
 * reads as the same text.
 */
function disableCommands(text: string): string {
  return text.replace(/^(\s*):(?=:)/gm, '$1\\u003a').replaceAll('##[', '#\\u0023[');
}
