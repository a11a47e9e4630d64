import type { Node } from 'yaml';
import type { Value } from '../manifest/node.ts';

/** An object of a document: the document itself, or an item of a list. */
export interface ManifestObject {
  readonly node: Node;
  /** Its path: `items[0]`; `''` is the document. */
  readonly at: string;
  /** Items of a typed list (`PodList`) may leave it out: then it is that of the list. */
  readonly kind: string | undefined;
}

/** One image in a document: where it stands, and how it is written. */
export interface ImagePlace {
  /** `spec.template.spec.containers[0].image` */
  readonly path: string;
  /** The name of its container or volume. */
  readonly container?: string;
  readonly image: WholeImage | ImageParts;
}

/** `image: ghcr.io/acme/sdk:0.1.0` */
interface WholeImage {
  readonly form: 'reference';
  readonly value: Value;
}

/** An image whose name, tag and digest are values of their own: `name: …`, `newTag: …`. */
export interface ImageParts {
  readonly form: 'parts';
  /** The map that holds them. */
  readonly map: Value;
  /** What is before the name: `oci://`. */
  readonly scheme?: string;
  /** The values that make up the name, joined by `/`: a registry and a repository, or only the latter. */
  readonly name: readonly Value[];
  readonly tag: Part;
  readonly digest: Part;
  /** True if what is left out comes from elsewhere: kustomize keeps the tag of the manifest that it changes. */
  readonly isPatch: boolean;
}

export interface Part {
  readonly key: string;
  readonly value: Value | undefined;
  /** The key of the map that would hold it, if the map of the image lacks that, too. */
  readonly below?: string;
}

/** Where annotations stand, or would: `keys` below `map`. */
export interface AnnotationSpot {
  readonly map: Node;
  readonly keys: readonly string[];
  /** `spec.template.metadata.annotations` */
  readonly path: string;
}

/** The images of one pod, or of one list of images. */
export interface ImageGroup {
  /** `Deployment www`: whose images they are. */
  readonly owner: string;
  readonly places: readonly ImagePlace[];
  /** Where they say their commits. */
  readonly annotations?: AnnotationSpot;
  /** True for a pod or its template, which must have the annotation where the policy asks for it. */
  readonly isPod: boolean;
}
