import type { ImageReference } from '@ameide/source-files/image';
import { printable } from '@ameide/versioning-core';
import type { Node } from 'yaml';
import { type ManifestDocument, type ManifestFile, TooManyAliases } from '../manifest/document.ts';
import { textOf } from '../manifest/node.ts';
import { pathTo } from '../manifest/path-to.ts';
import { tooManyAliases } from '../manifest/yaml-problem.ts';
import { SHA_ANNOTATION, shaAnnotation } from '../places/annotation.ts';
import type { ImageElsewhere, NameElsewhere } from '../places/elsewhere.ts';
import type { DocumentImages } from '../places/find-images.ts';
import { isOurPlace } from '../places/our-place.ts';
import type { ImageGroup, ImagePlace } from '../places/place.ts';
import { readImage } from '../places/read-image.ts';
import {
  annotationRules,
  type Broken,
  brokenRules,
  finding,
  type Location,
  pinCommand,
  type Where,
  wrongImage,
} from './rules.ts';
import type { Run } from './run.ts';

interface At {
  readonly document: ManifestDocument;
  readonly file: ManifestFile;
  readonly run: Run;
  /** Annotations that were reported: one may speak of several images. */
  readonly reported: Set<Node>;
}

/** Checks one document that is YAML. */
export function checkDocument(document: ManifestDocument, file: ManifestFile, run: Run): void {
  const at = { document, file, run, reported: new Set<Node>() };
  try {
    checkImages(run.findImages(document, file), at);
  } catch (error) {
    if (!(error instanceof TooManyAliases)) throw error;
    run.problems.push(tooManyAliases(document, file));
  }
}

function checkImages({ elsewhere, groups, names }: DocumentImages, at: At): void {
  for (const group of groups) for (const place of group.places) checkPlace(place, group, at);
  for (const image of elsewhere) checkText(image, at);
  for (const name of names) noteName(name, at);
}

/** Judges an image of ours in a text. */
function checkText({ hasVariable, node, reference, text }: ImageElsewhere, at: At): void {
  const { document, file, run } = at;
  const field = pathTo(node, document);
  if (hasVariable) {
    report(variableInText(text), node, field, at);
    return;
  }
  const rules = run.where === undefined ? [] : brokenRules(reference, run.where);
  for (const { code, message } of rules)
    report(
      { code, message: `${message} It is inside a longer string: ${text}`, hint: IN_TEXT },
      node,
      field,
      at,
    );
  const place = { path: file.path, ...document.positionOf(node.range?.[0] ?? 0) };
  run.images.push({ ...place, owner: '', field, reference, inText: true });
}

function variableInText(text: string): Broken {
  return {
    code: 'deploy-variable',
    message: `The tag or digest of ${printable(text)} is a variable, so that nobody can tell which image it is.`,
    hint: 'Write the tag. Or check what your tool makes of it: … | ameide-release deploy check --env … -',
  };
}

const IN_TEXT =
  'Write it by hand. If the whole value is an image, add its path to "places" in the policy, and pin writes it.';

function noteName({ name, node }: NameElsewhere, { document, file, run }: At): void {
  const { line } = document.positionOf(node.range?.[0] ?? 0);
  run.notes.push(
    name === node.value
      ? `${file.path}:${line} names ${name} without a tag, in a place that the policy does not know: if it is an image that runs, name the place (places).`
      : `${file.path}:${line} names ${name} without a tag inside a longer string: if it says which image runs, such as the values of a chart do, check what the tool makes of it.`,
  );
}

function checkPlace(place: ImagePlace, group: ImageGroup, at: At): void {
  const { document, file, run } = at;
  const read = readImage(place, file.text);
  if ('wrong' in read) {
    if (isOurPlace(place, read, run.isOurs))
      report(wrongImage(read.wrong, read.text), read.at, place.path, at);
    else run.others += 1;
    return;
  }
  const { reference } = read;
  if (!run.isOurs(reference.name)) {
    run.others += 1;
    return;
  }
  const isPatch = place.image.form === 'parts' && place.image.isPatch;
  if (isPatch && reference.tag === undefined && reference.digest === undefined)
    run.notes.push(
      `${file.path}:${document.positionOf(read.at.range?.[0] ?? 0).line} does not say the tag of ${reference.name}: check what kubectl kustomize prints.`,
    );
  const rules = run.where === undefined ? [] : brokenRules(reference, run.where, isPatch);
  for (const broken of rules) report(broken, read.at, place.path, at);
  const sha = checkAnnotation(place, reference, read.at, { group, ...at });
  run.images.push({
    path: file.path,
    ...document.positionOf(read.at.range?.[0] ?? 0),
    owner: group.owner,
    field: place.path,
    ...(place.container === undefined ? {} : { container: place.container }),
    reference,
    ...(sha === undefined ? {} : { sha }),
  });
}

/** Checks the annotation of an image, and returns the commit that it says. */
function checkAnnotation(
  { container, path }: ImagePlace,
  image: ImageReference,
  node: Node,
  { group, ...at }: At & { readonly group: ImageGroup },
): string | undefined {
  const annotation = shaAnnotation(group, container, at.document);
  if (annotation === undefined) {
    const { where } = at.run;
    if (group.isPod && where?.annotation === 'required')
      report(missing(group, where), node, path, at);
    return undefined;
  }
  const { key, value } = annotation;
  const sha = textOf(value.node);
  if (at.reported.has(value.node)) return sha;
  const rules = annotationRules(image, { key, sha });
  if (rules.length > 0) at.reported.add(value.node);
  for (const broken of rules)
    report(broken, value.written, `${group.annotations?.path ?? ''}["${key}"]`, at);
  return sha;
}

function missing({ annotations }: ImageGroup, where: Where): Broken {
  return {
    code: 'deploy-annotation-missing',
    message: `Nothing says which commit this image is from, which ${where.name} requires.`,
    hint: `Write ${SHA_ANNOTATION} into ${annotations?.path ?? 'the annotations'}: ${pinCommand(where)}`,
  };
}

function report(broken: Broken, node: Node, field: string, { document, file, run }: At): void {
  const place: Location = {
    path: file.path,
    ...document.positionOf(node.range?.[0] ?? 0),
    ...(field === '' ? {} : { field }),
  };
  run.problems.push(finding(broken, place));
}
