import { shownPath, validateFolderContent } from '@ameide/publisher-kit';
import {
  type Problem,
  pathBelow,
  pathIn,
  problem,
  type SourceTree,
  type Step,
} from '@ameide/versioning-core';
import { readDockerfile } from '../engine/dockerfile-text.ts';
import { createIgnores, isMalformedPattern, parseDockerignore } from '../engine/dockerignore.ts';
import { followLinks, linksOf } from '../folder/links.ts';
import type { DockerfileOptions } from '../options.ts';
import type { GhcrPlan } from '../plan.ts';
import { inputNotes } from './input-notes.ts';

interface DockerfileCheck extends DockerfileOptions {
  readonly file: string;
  readonly allow: readonly string[];
}

/** Reports what the commit decides about a Dockerfile and its context. */
export async function checkDockerfile(
  { publisher }: GhcrPlan,
  step: Step,
  input: DockerfileCheck,
): Promise<readonly Problem[]> {
  const { source } = step;
  const { allow, directory, file } = input;
  const ignoreFile = await readIgnoreFile(source, directory, file);
  const lines = parseDockerignore(ignoreFile?.text ?? '');
  const malformed = lines.filter(({ pattern }) => isMalformedPattern(pattern));
  const ignores = createIgnores(
    lines.filter((line) => !malformed.includes(line)).map(({ pattern }) => pattern),
  );
  const text = (await readCommitted(source, directory, file)) ?? '';
  for (const message of inputNotes(input, pathIn(directory, file), readDockerfile(text)))
    step.emit({ publisher, message: `${publisher}: ${message}`, isNote: true });
  return [
    ...malformed.map(({ line }) => malformedLine(publisher, ignoreFile?.path ?? '', line)),
    ...(await validateFolderContent(source, publisher, directory, allow, (path) =>
      ignores(pathBelow(directory, path)),
    )),
  ];
}

/** Reads a file of the commit and follows links to it as BuildKit does. */
export async function readCommitted(
  source: SourceTree,
  directory: string,
  path: string,
): Promise<string | undefined> {
  const end = followLinks(await linksOf(source, directory), path);
  return end === undefined ? undefined : source.readText(pathIn(directory, end.path));
}

/**
 * The Dockerfile's own ignore file has precedence
 * (https://docs.docker.com/build/concepts/context/).
 */
async function readIgnoreFile(
  source: SourceTree,
  directory: string,
  dockerfile: string,
): Promise<{ readonly path: string; readonly text: string } | undefined> {
  for (const name of [`${dockerfile}.dockerignore`, '.dockerignore']) {
    const text = await readCommitted(source, directory, name);
    if (text !== undefined) return { path: pathIn(directory, name), text };
  }
  return undefined;
}

function malformedLine(project: string, path: string, line: number): Problem {
  return problem({
    code: 'ghcr-dockerignore',
    kind: 'input',
    message: `${project} cannot be built: line ${line} of ${shownPath(path)} is a pattern that Docker refuses.`,
    hint: String.raw`Close every [, order every range as in [a-z], and put a \ before a [ that is part of a name.`,
    path,
  });
}
