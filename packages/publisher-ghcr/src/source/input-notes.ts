import { shownPath } from '@ameide/publisher-kit';
import { didYouMean, printable } from '@ameide/versioning-core';
import { type DockerfileInputs, isDockers } from '../engine/dockerfile-text.ts';
import type { DockerfileOptions } from '../options.ts';

/**
 * The arguments that need no ARG (https://docs.docker.com/reference/dockerfile/): proxies, what
 * BuildKit itself reads, and the platforms, which a FROM may name.
 */
const PREDEFINED: RegExp =
  /^(?:(?:HTTPS?|FTP|NO|ALL)_PROXY|(?:https?|ftp|no|all)_proxy|BUILDKIT_.*|SOURCE_DATE_EPOCH|(?:TARGET|BUILD)(?:PLATFORM|OS|ARCH|VARIANT|STAGE))$/;

/** An ADD asks for these without a mount. */
const OF_SOURCES = /^(?:GIT|HTTP)_AUTH_/;

/**
 * Says where the definition and the Dockerfile name different inputs. It is no problem, as it is none
 * for `docker build`: a base image may declare an argument with ONBUILD, and a step may do without a
 * secret. `inputs` are undefined if another frontend than Docker's reads the Dockerfile.
 */
export function inputNotes(
  { buildArgs = {}, secrets = {} }: Pick<DockerfileOptions, 'buildArgs' | 'secrets'>,
  path: string,
  inputs: DockerfileInputs | undefined,
): readonly string[] {
  const syntax = buildArgs['BUILDKIT_SYNTAX'];
  const isOthers = syntax !== undefined && !(typeof syntax === 'string' && isDockers(syntax));
  if (inputs === undefined || isOthers) return [];
  const file = shownPath(path);
  const undeclared = Object.keys(buildArgs).filter(
    (name) => !inputs.arguments.has(name) && !PREDEFINED.test(name),
  );
  // A variable may name any secret.
  const mounted = [...inputs.secrets];
  const areKnown = mounted.every((id) => !id.includes('$'));
  const unmounted = Object.keys(secrets).filter(
    (id) => !mounted.includes(id) && !OF_SOURCES.test(id),
  );
  const missing = mounted.filter((id) => secrets[id] === undefined);
  return [
    ...undeclared.map((name) =>
      withHint(
        `dockerfile.buildArgs has ${printable(name)}, which no ARG of ${file} declares: the build ignores it.`,
        didYouMean(name, inputs.arguments),
      ),
    ),
    ...(areKnown ? unmounted : []).map((id) =>
      withHint(
        `dockerfile.secrets has ${printable(id)}, which no step of ${file} mounts.`,
        didYouMean(id, mounted),
      ),
    ),
    ...(areKnown ? missing : []).map(
      (id) =>
        `A step of ${file} mounts the secret ${printable(id)}, which dockerfile.secrets does not have: the step runs without it.`,
    ),
  ];
}

function withHint(note: string, hint: string | undefined): string {
  return hint === undefined ? note : `${note} ${hint}`;
}
