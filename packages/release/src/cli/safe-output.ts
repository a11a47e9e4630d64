import { createRedactor } from '@ameide/publisher-kit/redactor';
import { renderCommand, type WorkflowCommand } from './actions/workflow-command.ts';
import type { ActionsOutput, CliEnvironment } from './environment.ts';
import { plain } from './plain.ts';

/** Shorter values occur in ordinary words, so we do not redact them. */
const SHORTEST_TOKEN = 8;
const TOKEN_NAME = /(?:^|_)(?:TOKEN|PASSWORD|SECRET)$/;

/**
 * Makes all output safe. It redacts every token of the environment, wherever it appears: in a
 * registry's answer, a build's output, a mistyped option. In GitHub Actions, whose runner looks for
 * commands in every line, it disables workflow commands in all text; `actions` emits ours.
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
    ...(inActions ? { actions: actionsOutput(env, (text) => redactor.redact(text)) } : {}),
  };
}

/** Writes to standard error: `--json` leaves standard output to one JSON object. */
function actionsOutput(env: CliEnvironment, redact: (text: string) => string): ActionsOutput {
  const safe = (text: string): string => disableOldCommands(plain(redact(text)));
  return {
    redact,
    command({ message, name, properties = {} }) {
      const entries = Object.entries(properties).map(([key, value]) => [key, value && safe(value)]);
      const command: WorkflowCommand = { name, properties: Object.fromEntries(entries) };
      env.stderr(
        renderCommand(message === undefined ? command : { ...command, message: safe(message) }),
      );
    },
  };
}

/**
 * Rewrites `::command::` at the start of a line, and `##[command]` anywhere, into a form that JSON
 * reads as the same text.
 */
function disableCommands(text: string): string {
  return disableOldCommands(text.replace(/^(\s*):(?=:)/gm, '$1\\u003a'));
}

function disableOldCommands(text: string): string {
  return text.replaceAll('##[', '#\\u0023[');
}
