import { readPattern } from '@ameide/versioning-core/options';
import { isMap, isScalar, type Node } from 'yaml';
import type { ManifestDocument } from '../manifest/document.ts';
import { field, itemsOf, type Value, valueOf } from '../manifest/node.ts';
import { type PathStep, type PlaceOption, parsePath } from '../policy/place-option.ts';
import { chartImage } from './image-parts.ts';
import type { ImageGroup, ImagePlace } from './place.ts';
import { ownerOf, podGroup, scalar } from './pod.ts';

/** Finds the images where the policy's `places` say that they are. */
export type FindConfigured = (
  root: Node,
  document: ManifestDocument,
  path: string,
) => readonly ImageGroup[];

export function createFindConfigured(options: readonly PlaceOption[]): FindConfigured {
  const places = options.map((option) => ({
    ...option,
    matches: option.files === undefined ? () => true : readPattern(option.files),
    imagePaths: (option.images ?? []).map(steps),
    templatePaths: (option.podTemplates ?? []).map(steps),
    annotationKeys: option.annotations === undefined ? [] : steps(option.annotations).map(keyOf),
  }));
  return (root, document, path) =>
    places
      .filter(
        ({ kind, matches }) =>
          matches(path) && (kind === undefined || isOfKind(root, kind, document)),
      )
      .flatMap(({ annotationKeys, annotations = '', imagePaths, templatePaths }) => {
        const owner = ownerOf(root, document);
        const templates = templatePaths.flatMap((one) =>
          follow(root, one, document).map(({ at, value }) =>
            podGroup(value.node, document, { owner, at }),
          ),
        );
        const places = imagePaths.flatMap((one) =>
          follow(root, one, document).flatMap(({ at, value }) => imageAt(value, at, document)),
        );
        if (places.length === 0) return templates;
        const spot = { map: root, keys: annotationKeys, path: annotations };
        return [
          ...templates,
          { owner, places, isPod: false, ...(annotations === '' ? {} : { annotations: spot }) },
        ];
      });
}

function steps(path: string): readonly PathStep[] {
  return parsePath(path) ?? [];
}

function keyOf(step: PathStep): string {
  return typeof step === 'object' ? step.key : '';
}

function isOfKind(root: Node, named: string, document: ManifestDocument): boolean {
  const [kind, ...group] = named.split('.');
  if (scalar(field(root, 'kind', document)) !== kind) return false;
  const version = scalar(field(root, 'apiVersion', document)) ?? '';
  return group.length === 0 || version.startsWith(`${group.join('.')}/`);
}

function imageAt(value: Value, path: string, document: ManifestDocument): readonly ImagePlace[] {
  if (isScalar(value.node)) return [{ path, image: { form: 'reference', value } }];
  const image = chartImage(value, path, document);
  return image === undefined ? [] : [image];
}

interface Found {
  readonly at: string;
  readonly value: Value;
}

function follow(
  root: Node,
  path: readonly PathStep[],
  document: ManifestDocument,
): readonly Found[] {
  let found: readonly Found[] = [{ at: '', value: { node: root, written: root } }];
  for (const step of path) found = found.flatMap((one) => next(one, step, document));
  return found;
}

function next({ at, value }: Found, step: PathStep, document: ManifestDocument): readonly Found[] {
  if (step === 'items')
    return itemsOf(value, document).map((item, index) => ({ at: `${at}[${index}]`, value: item }));
  if (step === 'values') {
    if (!isMap(value.node)) return [];
    return value.node.items.flatMap(({ key, value: written }) => {
      document.countStep();
      const child = valueOf(written, document);
      return child === undefined
        ? []
        : [{ at: below(at, String(isScalar(key) ? key.value : key)), value: child }];
    });
  }
  const child = field(value.node, step.key, document);
  return child === undefined ? [] : [{ at: below(at, step.key), value: child }];
}

function below(at: string, key: string): string {
  if (!/^[\w/-]+$/.test(key)) return `${at}[${JSON.stringify(key)}]`;
  return at === '' ? key : `${at}.${key}`;
}
