import type { CliEnvironment } from './environment.ts';
import { environmentRedactor } from './environment-redactor.ts';

/** Members that we choose ourselves: a secret that is one of these words would make them useless. */
const OUR_WORDS: ReadonlySet<string> = new Set([
  'channel',
  'command',
  'ecosystem',
  'failure',
  'method',
  'outcome',
  'phase',
  'schema',
  'sha',
  'state',
  'status',
  'time',
  'type',
]);

/**
 * Returns what writes a value as JSON of one line, without the environment's secrets, which a server may
 * repeat: for files, whose text does not go through `safeOutput`.
 */
export function jsonRedactor(env: CliEnvironment['env']): (value: unknown) => string {
  const redactor = environmentRedactor(env);
  const shown = (name: string, value: unknown): unknown =>
    typeof value === 'string' && !OUR_WORDS.has(name) ? redactor.redact(value) : value;
  return (value) => JSON.stringify(value, shown);
}
