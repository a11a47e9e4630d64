import type { Problem } from '@ameide/versioning-core';
import { isEmpty, type ManifestFile, readDocuments } from '../manifest/document.ts';
import { isTemplate, yamlProblem } from '../manifest/yaml-problem.ts';
import { createFindImages, type FindImages } from '../places/find-images.ts';
import { createIsOurs } from '../policy/image-names.ts';
import { type DeployPolicy, environmentOf } from '../policy/policy.ts';
import type { ImageReference } from '../reference/image-reference.ts';
import { checkDocument } from './check-document.ts';
import type { Where } from './rules.ts';

/** An image of ours in a manifest. Lines and columns count from 1. */
export interface FoundImage {
  readonly path: string;
  readonly line: number;
  readonly column: number;
  /** `Deployment www` */
  readonly owner: string;
  /** `spec.template.spec.containers[0].image` */
  readonly field: string;
  /** The name of its container, volume, or service of Compose. */
  readonly container?: string;
  readonly reference: ImageReference;
  /** The commit that its annotation says. */
  readonly sha?: string;
  /** True if it stands in a text, such as an argument, that may hold anything. */
  readonly inText?: true;
}

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

/** What the documents of a run add to. */
export interface Run {
  /** Undefined: no environment's rules apply. */
  readonly where: Where | undefined;
  readonly isOurs: (name: string) => boolean;
  readonly findImages: FindImages;
  readonly problems: Problem[];
  readonly images: FoundImage[];
  readonly notes: string[];
  others: number;
  documents: number;
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
