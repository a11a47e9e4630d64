import { Secret, shownPath } from '@ameide/publisher-kit';
import { type Problem, printable, problem } from '@ameide/versioning-core';
import type { DockerfileOptions } from '../options.ts';

interface SecretsInput extends Pick<DockerfileOptions, 'directory' | 'secrets'> {
  readonly env: NodeJS.ProcessEnv;
}

/** Returns the secrets by the ids that a Dockerfile names. */
export function secretsOf({ env, secrets = {} }: SecretsInput): ReadonlyMap<string, Secret> {
  const set = Object.entries(secrets).map(
    ([id, { env: name }]) => [id, new Secret(env[name] ?? '')] as const,
  );
  return new Map(set);
}

/** Without this, a step would run without the secret, unless it says `required`. */
export function missingSecrets({ directory, env, secrets = {} }: SecretsInput): readonly Problem[] {
  return Object.entries(secrets).flatMap(([id, { env: name }]) => {
    if ((env[name] ?? '') !== '') return [];
    return [
      problem({
        code: 'ghcr-secret-missing',
        kind: 'incomplete',
        message: `The Dockerfile in ${shownPath(directory) || 'the root'} needs the secret ${printable(id)}, but ${name} is not set in the environment.`,
        hint: `Set ${name} where ameide-release runs, or remove it from dockerfile.secrets.`,
        rerun: 'after-fix',
      }),
    ];
  });
}

export function leakedSecret(what: string, id: string): Problem {
  return problem({
    code: 'ghcr-secret-in-image',
    kind: 'incomplete',
    message: `Could not build ${what}: the image would contain the secret ${printable(id)}.`,
    hint: 'A step of the Dockerfile writes it to a file or a label, as npm config set does. Let the step read it from /run/secrets, and store it nowhere.',
    rerun: 'after-fix',
  });
}
