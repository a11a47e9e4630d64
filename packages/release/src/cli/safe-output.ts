import { renderCommand, type WorkflowCommand } from './actions/workflow-command.ts';
import type { ActionsOutput, CliEnvironment } from './environment.ts';
import { environmentRedactor } from './environment-redactor.ts';
import { inertLines, inertOutput } from './plain.ts';

/** Controls that a terminal obeys, and characters that hide what they are beside: no part of a usual manifest. */
const HAS_CONTROLS = /(?![\t\n\r\uFEFF])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

/**
 * Makes all output safe: everything that the command prints goes through here. It redacts every
 * secret of the environment, wherever it appears (a registry's answer, a build's output, a mistyped
 * option), and shows control and bidirectional characters escaped. In GitHub Actions, whose runner
 * looks for commands in every line, it disables workflow commands in all text; `actions` emits ours.
 */
export function safeOutput(env: CliEnvironment): CliEnvironment {
  const redactor = environmentRedactor(env.env);
  const inActions = env.env['GITHUB_ACTIONS'] === 'true';
  const shown = (text: string): string => {
    const safe = inertOutput(redactor.redact(text));
    return inActions ? disableCommands(safe) : safe;
  };
  return {
    ...env,
    stdout: (text) => env.stdout(shown(text)),
    stderr: (text) => env.stderr(shown(text)),
    patch: (text) =>
      env.stdout(inActions || HAS_CONTROLS.test(text) ? shown(text) : redactor.redact(text)),
    ...(inActions ? { actions: actionsOutput(env, (text) => redactor.redact(text)) } : {}),
  };
}

/** Writes to standard error: `--json` leaves standard output to one JSON object. */
function actionsOutput(env: CliEnvironment, redact: (text: string) => string): ActionsOutput {
  const safe = (text: string): string => disableOldCommands(inertLines(redact(text)));
  return {
    redact,
    command({ message, name, properties = {} }) {
      const entries = Object.entries(properties).map(([key, value]) => [key, value && safe(value)]);
      const command: WorkflowCommand = { name, properties: Object.fromEntries(entries) };
      void env.stderr(
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
