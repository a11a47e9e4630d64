/** A workflow command of ours, which the runner of GitHub Actions obeys. */
export interface WorkflowCommand {
  readonly name: 'error' | 'warning' | 'notice' | 'group' | 'endgroup';
  /** `title`, `file`, `line`, `col` of an annotation. */
  readonly properties?: Readonly<Record<string, string | undefined>>;
  readonly message?: string;
}

/**
 * Writes a command as one line. Percent, line ends and, in a property, what ends one are escaped as
 * the runner unescapes them (`ActionCommand.TryParseV2`), so no text becomes a second command.
 */
export function renderCommand({ name, properties = {}, message = '' }: WorkflowCommand): string {
  const given = Object.entries(properties).flatMap(([key, value]) =>
    value === undefined || value === '' ? [] : [`${key}=${escapeProperty(value)}`],
  );
  return `::${name}${given.length === 0 ? '' : ` ${given.join(',')}`}::${escapeData(message)}\n`;
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
