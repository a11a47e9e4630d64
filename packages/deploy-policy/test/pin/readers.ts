import { execFileSync } from 'node:child_process';
import { component } from '@ameide/local-registries/components';
import { parseAllDocuments } from 'yaml';

/** Every value of a document by its path. */
export type Values = Readonly<Record<string, unknown>>;

/** What the library `yaml` reads by default: YAML 1.2 with its own types, merges followed. */
export function readByDefault(texts: readonly string[]): readonly (readonly Values[])[] {
  return texts.map((text) =>
    parseAllDocuments(text, { merge: true }).map((document) => {
      if (document.errors.length > 0) throw document.errors[0];
      return flat(document.toJS());
    }),
  );
}

const PYTHON = `
import json, sys, yaml
def read(text):
    try: return list(yaml.safe_load_all(text))
    except yaml.YAMLError: return None
print(json.dumps([read(text) for text in json.load(sys.stdin)], default=str))
`;

/** What PyYAML reads: YAML 1.1. Undefined for what it refuses. */
export function readByPython(texts: readonly string[]): readonly (readonly Values[] | undefined)[] {
  const python = component('pyyaml').path ?? '';
  const input = JSON.stringify(texts);
  const answer = execFileSync(python, ['-c', PYTHON], { input, encoding: 'utf8' });
  return (JSON.parse(answer) as (unknown[] | null)[]).map((documents) =>
    documents?.map((one) => flat(one)),
  );
}

function flat(value: unknown, path = ''): Values {
  if (typeof value !== 'object' || value === null) return { [path]: value };
  const entries = Object.entries(value);
  if (entries.length === 0) return { [path]: Array.isArray(value) ? '[]' : '{}' };
  return Object.assign(
    {},
    ...entries.map(([key, child]) => flat(child, `${path}/${key.replaceAll('/', '~1')}`)),
  );
}

const ANNOTATION = /\/(?:(?:ameide\.io|image-sha\.ameide\.io)~1[\w-]+)$/;
const PLACE =
  /\/(?:image|reference|newTag|tag|digest|repository|name|app\.kubernetes\.io~1version)$/;
/** The maps in which the annotations are, which were nothing before. */
const NOTHING = /\/(?:annotations|metadata|podAnnotations)$/;

/** The differences between two documents that no pin may make. */
export function unintended(before: Values, after: Values): readonly string[] {
  const paths = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...paths].filter((path) => {
    if (before[path] === after[path]) return false;
    if (ANNOTATION.test(path)) return !/^[0-9a-f]{40}$/.test(String(after[path]));
    if (NOTHING.test(path)) return path in after;
    return !PLACE.test(path) || typeof after[path] !== 'string';
  });
}
