import { existsSync } from 'node:fs';
import {
  type DeployPolicy,
  type ImageReference,
  listImages,
  parseImageReference,
  resolveImages,
} from '@ameide/deploy-policy';
import { InvalidInputError, type Problem } from '@ameide/versioning-core';
import { withImageRegistry } from '../../../deploy/image-registry.ts';
import { readManifests, STDIN } from '../../../deploy/manifest-files.ts';
import { resolveReport } from '../../../deploy/resolve-report.ts';
import { deployResolveText } from '../../deploy-resolve-text.ts';
import type { CliEnvironment } from '../../environment.ts';
import { printReport, reportToActions } from '../../print.ts';
import { withProgress } from '../../progress/with-progress.ts';
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
  const { exitCode, report } = await withProgress(
    env,
    args,
    release.repository.root,
    async (onEvent) =>
      withImageRegistry({ ...release, signal: env.signal, onEvent }, async (registry) =>
        resolveReport(await resolveImages(references, registry), problems),
      ),
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
  return {
    references: [...named, ...images.map(({ reference }) => reference)],
    problems: [...read.problems, ...problems],
  };
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
