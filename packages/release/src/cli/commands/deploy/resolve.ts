import { existsSync } from 'node:fs';
import {
  type DeployPolicy,
  type FoundImage,
  type ImageReference,
  listImages,
  parseImageReference,
  resolveImages,
} from '@ameide/deploy-policy';
import { InvalidInputError, type Problem, problem } from '@ameide/versioning-core';
import { readManifests, STDIN } from '../../../deploy/manifest-files.ts';
import { resolveReport } from '../../../deploy/resolve-report.ts';
import { deployResolveText } from '../../deploy-resolve-text.ts';
import type { CliEnvironment } from '../../environment.ts';
import { printReport, reportToActions } from '../../print.ts';
import { askRegistries } from './ask-registries.ts';
import { type DeployArguments, openPolicy, requireRelease } from './open-policy.ts';

export interface ResolveArguments extends DeployArguments {
  /** Images, files, folders, `-`. */
  readonly subjects: readonly string[];
}

/** `ameide-release deploy resolve` */
export async function resolve(env: CliEnvironment, args: ResolveArguments): Promise<number> {
  await using opened = await openPolicy(args);
  const release = requireRelease(opened, 'deploy resolve');
  const { problems, references } = await referencesIn(env, args.subjects, opened.policy);
  const { exitCode, report } = await askRegistries(env, args, release, async (registry) =>
    resolveReport(await resolveImages(references, registry), problems),
  );
  printReport(env, args.json, report, deployResolveText);
  await reportToActions(env, report, process.cwd());
  return exitCode;
}

/** The images that the subjects name, and those in manifests. */
async function referencesIn(
  env: CliEnvironment,
  subjects: readonly string[],
  policy: DeployPolicy,
): Promise<{
  readonly references: readonly ImageReference[];
  readonly problems: readonly Problem[];
}> {
  const paths = subjects.filter((one) => one === STDIN || existsSync(one));
  const named = subjects.filter((one) => !paths.includes(one)).map(parseSubject);
  const read = await readManifests(paths, env.stdin);
  const { images, problems } = listImages(read.files, policy);
  const references = [...named, ...images.map(({ reference }) => reference)];
  const unnamed = images.filter(({ reference: { digest, tag } }) => (digest ?? tag) === undefined);
  return {
    references,
    problems: [
      ...read.problems,
      ...problems,
      ...unnamed.map(noTag),
      ...(references.length === 0 ? [nothingToResolve()] : []),
    ],
  };
}

function noTag({ column, line, path, reference }: FoundImage): Problem {
  return problem({
    code: 'deploy-tag-missing',
    kind: 'policy',
    message: `${reference.name} has no tag here, so nobody can say what it is.`,
    hint: 'If its tag comes from elsewhere, resolve what your tool renders.',
    path,
    line,
    column,
  });
}

function nothingToResolve(): Problem {
  return problem({
    code: 'deploy-nothing-to-check',
    kind: 'input',
    message: 'There is no image of ours here to ask about.',
    hint: 'Name an image, or manifests that have images of the release definition.',
  });
}

function parseSubject(text: string): ImageReference {
  const reference = parseImageReference(text.replace(/^oci:/, ''));
  if (reference !== undefined && (reference.tag ?? reference.digest) !== undefined)
    return reference;
  throw new InvalidInputError({
    field: 'image or path',
    received: text,
    expected:
      'an image with a tag or digest, ghcr.io/ameideio/ameide-sdk-ts:0.1.0, or the path of manifests',
  });
}
