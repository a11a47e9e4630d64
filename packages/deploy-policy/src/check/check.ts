import type { Problem } from '@ameide/versioning-core';
import { isEmpty, type ManifestFile, readDocuments } from '../manifest/document.ts';
import { isTemplate, yamlProblem } from '../manifest/yaml-problem.ts';
import { createFindImages } from '../places/find-images.ts';
import { createIsOurs } from '../policy/image-names.ts';
import { type DeployPolicy, environmentOf } from '../policy/policy.ts';
import { checkDocument } from './check-document.ts';
import type { Where } from './rules.ts';
import type { FoundImage, Run } from './run.ts';

export interface CheckResult {
  /** What is not allowed, in the order of the files: each with `path`, `line`, `column`, the rule as `code`, and a fix as `hint`. */
  readonly problems: readonly Problem[];
  /** The images that the policy applies to. */
  readonly images: readonly FoundImage[];
  /** How many images of other people there are. */
  readonly others: number;
  /** How many documents were read. Empty ones do not count. */
  readonly documents: number;
  /** What could not be judged, because it says too little: each in one sentence, with its place. */
  readonly notes: readonly string[];
}

/**
 * Checks manifests against the rules of one environment. Asks nobody. Throws `InvalidInputError` if the
 * policy has no such environment.
 */
export function checkManifests(
  files: Iterable<ManifestFile>,
  { environment, policy }: { readonly policy: DeployPolicy; readonly environment: string },
): CheckResult {
  return lookAt(files, policy, { ...environmentOf(policy, environment), name: environment });
}

/**
 * Finds the images that the policy applies to, without the rules of an environment. The problems are
 * only what keeps an image from being read.
 */
export function listImages(files: Iterable<ManifestFile>, policy: DeployPolicy): CheckResult {
  return lookAt(files, policy);
}

function lookAt(files: Iterable<ManifestFile>, policy: DeployPolicy, where?: Where): CheckResult {
  const run: Run = {
    where,
    isOurs: createIsOurs(policy.images),
    findImages: createFindImages(policy),
    problems: [],
    images: [],
    others: 0,
    documents: 0,
    notes: [],
  };
  for (const file of files) checkFile(file, run);
  const { documents, images, notes, others, problems } = run;
  return { problems, images, others, documents, notes };
}

function checkFile(file: ManifestFile, run: Run): void {
  for (const document of readDocuments(file.text)) {
    const [fault] = document.faults;
    if (fault === undefined && isEmpty(document)) continue;
    run.documents += 1;
    if (fault === undefined) {
      checkDocument(document, file, run);
    } else {
      run.problems.push(yamlProblem(fault, document, file));
      // What follows in a template would only be more of the same.
      if (isTemplate(document, file)) return;
    }
  }
}
