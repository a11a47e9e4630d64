import {
  createRedactor,
  observeSecrets,
  type Redactor,
  secretVariables,
} from '@ameide/publisher-kit/redactor';
import type { CliEnvironment } from './environment.ts';

/** Removes the environment's secrets, and the tokens that this run gets for its identity. */
export function environmentRedactor(env: CliEnvironment['env']): Redactor {
  const redactor = createRedactor([...secretVariables(env).values()].flat());
  observeSecrets((value) => redactor.add(value));
  return redactor;
}
