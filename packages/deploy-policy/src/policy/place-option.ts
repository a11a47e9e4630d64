import { InvalidInputError } from '@ameide/versioning-core';
import { custom, listOf, optional, pattern, shape, string } from '@ameide/versioning-core/options';

/**
 * A place that holds images and that nobody could know: in a custom resource, in the values of a
 * Helm chart. Paths are as in `spec.containers[*].image`: `[*]` is each item of a list, `*` each
 * value of a map, `["a.b"]` a key that is no plain word, and `env[name=IMAGE].value` the item of that name.
 */
export interface PlaceOption {
  /** The documents of this kind: `Widget`, or with its API group `Widget.example.com`. */
  readonly kind?: string;
  /** The files that match, as in .gitignore: `values*.yaml`, `/charts/www/values.yaml`. */
  readonly files?: string;
  /**
   * Paths of images. One is either a reference, `ghcr.io/acme/sdk:0.1.0`, or a map with
   * `repository` and `tag`, and perhaps `registry` and `digest`, as charts have them.
   */
  readonly images?: readonly string[];
  /** Paths of pod templates: maps with a `spec` that has `containers`. */
  readonly podTemplates?: readonly string[];
  /** The path of the map that holds the annotations of the pods with these images: `podAnnotations`. */
  readonly annotations?: string;
}

/**
 * One step of a path: a key, everything in a list (`items`) or map (`values`), or the items of a list that
 * have this text under a key.
 */
export type PathStep =
  | { readonly key: string }
  | { readonly having: string; readonly text: string }
  | 'items'
  | 'values';

const STEP =
  /(?:^|\.)([\w/-]+)|(?:^|\.)(\*)|\[(\*)\]|\[("(?:[^"\\]|\\.)+")\]|\[([\w-]+)=([^\][]+)\]/y;

/** Reads a path. Returns undefined for what is none. */
export function parsePath(text: string): readonly PathStep[] | undefined {
  const steps: PathStep[] = [];
  const step = new RegExp(STEP);
  while (step.lastIndex < text.length) {
    const [, word, values, items, quoted, having, wanted] = step.exec(text) ?? [];
    if (values !== undefined) steps.push('values');
    else if (items !== undefined) steps.push('items');
    else if (word !== undefined) steps.push({ key: word });
    else if (quoted !== undefined) steps.push({ key: JSON.parse(quoted) as string });
    else if (having !== undefined && wanted !== undefined) steps.push({ having, text: wanted });
    else return undefined;
  }
  return steps.length === 0 ? undefined : steps;
}

const path = custom<string>(
  (value) => typeof value === 'string' && parsePath(value) !== undefined,
  'a path such as spec.image, sidecars[*].image or ["a.b"].image',
);
const keysOnly = custom<string>(
  (value) =>
    typeof value === 'string' &&
    parsePath(value)?.every((step) => typeof step === 'object' && 'key' in step) === true,
  'a path of keys, such as podAnnotations or web["pod.annotations"]',
);
const paths = listOf(path, 'a list of paths, for example ["spec.image"]', 1);

const parseOption = shape<PlaceOption>({
  kind: optional(
    string('a kind, for example Widget or Widget.example.com', /^[A-Z]\w*(?:\.[a-z0-9.-]+)?$/),
  ),
  files: optional(pattern),
  images: optional(paths),
  podTemplates: optional(paths),
  annotations: optional(keysOnly),
});

export function placeOption(value: unknown, field = 'places', code?: string): PlaceOption {
  const option = parseOption(value, field, code);
  if (option.kind === undefined && option.files === undefined)
    throw new InvalidInputError(
      { field: `${field}.kind`, expected: 'a kind of document, or a pattern of files as "files"' },
      code,
    );
  if (option.images === undefined && option.podTemplates === undefined)
    throw new InvalidInputError(
      {
        field: `${field}.images`,
        expected: 'the paths of the images, or those of pod templates as "podTemplates"',
      },
      code,
    );
  return option;
}
