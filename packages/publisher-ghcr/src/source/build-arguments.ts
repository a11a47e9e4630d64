import { BUILD_VARIABLES } from '@ameide/publisher-kit';
import type { DockerfileOptions } from '../options.ts';

/**
 * Returns the arguments of a build: every variable of the release under its own name, and what the
 * option sets. BuildKit gives a Dockerfile only those that it declares. `environment` also holds
 * variables that are not arguments, a PATH for example.
 */
export function buildArguments(
  buildArgs: DockerfileOptions['buildArgs'] = {},
  environment: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const variables = BUILD_VARIABLES.flatMap((name) => {
    const value = environment[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  const given = Object.entries(buildArgs).map(
    ([name, value]) =>
      [name, typeof value === 'string' ? value : (environment[value.env] ?? '')] as const,
  );
  return Object.fromEntries([...variables, ...given]);
}
