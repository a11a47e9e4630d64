import { allowedTags, type Where } from '../check/rules.ts';
import { CONTAINER_ANNOTATION, SHA_ANNOTATION } from '../places/annotation.ts';
import { TAG_PATTERNS } from '../policy/tag-kind.ts';
import { isOursExpression, suffixOf } from './name-expression.ts';

/** A CEL expression that later ones use as `variables.<name>`. */
interface Variable {
  readonly name: string;
  readonly expression: string;
}

/** What must be true, in CEL, and what is said otherwise. */
interface Validation {
  readonly expression: string;
  /** In CEL. */
  readonly messageExpression: string;
  /** When the message is too long or has a line break in it. */
  readonly message: string;
}

export interface Expressions {
  readonly variables: readonly Variable[];
  readonly validation: Validation;
}

const COMMIT = `(?:${TAG_PATTERNS.commit})`;

/** Messages longer than 5 KiB are dropped by Kubernetes. */
const MAX_MESSAGE = 2000;

/**
 * Pods, and the pod templates of the kinds that have one. The second is that of the object before an update:
 * a new object has none, which is null in Kubernetes and empty in Kyverno. `dyn`, because each kind has
 * other fields.
 */
const PODS = `[dyn(object), dyn(oldObject)].filter(o, o != null && has(o.kind)).map(o,
  o.kind == 'Pod' ? o :
  o.kind == 'PodTemplate' ? o.template :
  o.kind == 'CronJob' ? o.spec.jobTemplate.spec.template :
  o.spec.?template.orValue({}))`;

/** The text after the name of an image, and the annotations that say its commit: the first one counts. */
function foundImages(names: readonly string[]): string {
  return `variables.pods.map(pod, (
  (
    pod.?spec.?initContainers.orValue([]) +
    pod.?spec.?containers.orValue([]) +
    pod.?spec.?ephemeralContainers.orValue([])
  ).map(c, {'name': c.name, 'image': c.?image.orValue('')}) +
  pod.?spec.?volumes.orValue([])
    .filter(v, has(v.image))
    .map(v, {'name': v.name, 'image': v.image.?reference.orValue('')})
).filter(i, ${isOursExpression('i.image', names)}).map(i, {
  'name': dyn(i.name),
  'image': dyn(i.image),
  'suffix': dyn(${suffixOf('i.image')}),
  'commits': dyn(['${CONTAINER_ANNOTATION}' + i.name, '${SHA_ANNOTATION}']
    .filter(key, key in pod.?metadata.?annotations.orValue({}))
    .map(key, pod.metadata.annotations[key]))
}))`;
}

/**
 * An update that changes neither an image of ours nor what says its commit is not judged, as in Kubernetes'
 * own AlwaysPullImages: otherwise nobody could remove the finalizer of an object that is older than the
 * policy, and so could not delete it.
 */
const JUDGED = `variables.found.size() == 2 && variables.found[0] == variables.found[1]
  ? [] : variables.found[0]`;

/** The rules of `check` (`rules.ts`) in CEL, for one environment. */
export function expressionsOf(images: readonly string[], where: Where): Expressions {
  const variables = [
    { name: 'pods', expression: PODS },
    { name: 'found', expression: foundImages(images) },
    { name: 'judged', expression: JUDGED },
    { name: 'tagFaults', expression: tagFaults(where) },
    { name: 'digestFaults', expression: digestFaults(where) },
    { name: 'commitFaults', expression: commitFaults(where) },
    {
      name: 'faults',
      expression:
        '(variables.tagFaults + variables.digestFaults + variables.commitFaults).join("; ")',
    },
  ];
  const validation = {
    expression: "variables.faults == ''",
    messageExpression: `variables.faults.size() > ${MAX_MESSAGE} ? variables.faults.substring(0, ${MAX_MESSAGE}) + '…' : variables.faults`,
    message: `An image is not allowed in ${where.name}.`,
  };
  return { variables, validation };
}

/** One text for each image that breaks a rule. `fault` is CEL, as `isWrong`; both know the image as `i`. */
function faults(isWrong: string, fault: string): string {
  return `variables.judged.map(i, ${isWrong},
  i.image + ' (' + i.name + '): ' + ${fault})`;
}

function tagFaults(where: Where): string {
  const kinds = where.tags.map((kind) => TAG_PATTERNS[kind]).join('|');
  const isAllowed =
    where.tags.length === 0 ? 'false' : `i.suffix.matches(r'^:(?:${kinds})(?:@.*)?$')`;
  const allowed = `${where.name} allows ${allowedTags(where)}`;
  return faults(
    `!i.suffix.startsWith('@') && !${isAllowed}`,
    `(i.suffix == ''
    ? 'it has no tag; ${allowed} [deploy-tag-missing]'
    : 'its tag is not allowed; ${allowed} [deploy-tag-not-allowed]')`,
  );
}

function digestFaults({ digest, name }: Where): string {
  const isGood = "i.suffix.matches(r'^(?::[^@]*)?@sha256:[0-9a-f]{64}$')";
  const notSha256 = "'its digest is not sha256: and 64 hex digits [deploy-digest-not-sha256]'";
  if (digest === 'optional') return faults(`i.suffix.contains('@') && !${isGood}`, notSha256);
  return faults(
    `!${isGood}`,
    `(i.suffix.contains('@')
    ? ${notSha256}
    : 'it has no digest, which ${name} requires [deploy-digest-required]')`,
  );
}

function commitFaults({ annotation, name }: Where): string {
  const isMissing = 'i.commits.size() == 0';
  const isSha = `i.commits[0].matches(r'^${COMMIT}$')`;
  const differs = `i.suffix.matches(r'^:${COMMIT}(?:@.*)?$') && !(i.suffix + '@').startsWith(':' + i.commits[0] + '@')`;
  const isWrong = `!${isSha} || (${differs})`;
  const fault = `(!${isSha}
    ? 'its annotation is not the full SHA of a commit [deploy-annotation-not-a-sha]'
    : 'its annotation says another commit than its tag [deploy-annotation-differs]')`;
  if (annotation === 'optional') return faults(`!(${isMissing}) && (${isWrong})`, fault);
  return faults(
    `${isMissing} || ${isWrong}`,
    `(${isMissing}
    ? 'no annotation ${SHA_ANNOTATION} says its commit, which ${name} requires [deploy-annotation-missing]'
    : ${fault})`,
  );
}
