import { createRedactor, secretVariables } from '@ameide/publisher-kit/redactor';
import type { CliEnvironment } from './environment.ts';
import { inertOutput } from './plain.ts';

/**
 * Makes all output safe: everything that the command prints goes through here. It redacts every
 * secret of the environment, wherever it appears (a registry's answer, a build's output, a mistyped
 * option), and shows control and bidirectional characters escaped. In GitHub Actions, whose runner
 * looks for commands in every line, it disables workflow commands in untrusted text.
 */
export function safeOutput(env: CliEnvironment): CliEnvironment {
  const redactor = createRedactor([...secretVariables(env.env).values()].flat());
  const inActions = env.env['GITHUB_ACTIONS'] === 'true';
  const shown = (text: string): string => {
    const safe = inertOutput(redactor.redact(text));
    return inActions ? disableCommands(safe) : safe;
  };
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
