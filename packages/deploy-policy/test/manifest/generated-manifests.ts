import * as fc from 'fast-check';

const BLOCK = `# c
apiVersion: v1
kind: Pod
metadata: {name: www, labels: {a: b}}
spec:
  x-i: &i acme/i:1
  x-m: &m
    image: acme/m:1
    name: m
  containers:
    - name: a
      image: acme/a:1 # tail
    - {name: b, image: "acme/b:2"}
    - <<: *m
      name: c
    - image: *i
    -
      image: >-
        acme/f:3
      args: ["a", 'b', "c
       d"]
  initContainers: [{image: acme/x:1}, {"image": 'acme/y:2', "n": [1, 2]}, *m]
`;

const DOCUMENTS = `kind: Deployment
spec:
  template:
    metadata:
      annotations:
        "a.b/c": 'x'
    spec:
      containers:
      - image: acme/a:1
        name: a

      # between
      - name: b
        command:
        - sh
        - |
          image: acme/no:1
          # x
        image: acme/b:1
      volumes:
      - name: v
        image:
          reference: acme/v:1
---
kind: CronJob
spec: {jobTemplate: {spec: {template: {spec: {containers: [{image: acme/j:1}]}}}}}
`;

const JSON_LIST = `{"kind": "List", "items": [
  {"kind": "Pod", "spec": {"containers": [{"image": "acme/a:1"}, {"image":"acme/b:1"}]}},
  {"kind": "Job", "spec": {"template": {"spec": {"containers": [{"image": "acme/c:1", "env": [{"name":"A","value":"acme/z:1"}]}]}}}}
]}
`;

const EXPLICIT = `kind: Pod
spec:
  ? containers
  : - image: acme/a:1
      description: plain text
        over two lines
      other: "quoted
        over two"
    - ? image
      : acme/b:1
  ephemeralContainers:
  - &e {image: acme/e:1}
  - <<: [*e, {image: acme/q:1, name: q}]
    tty: yes
`;

const INSERTED = [
  '\n',
  '\n ',
  ' ',
  '  ',
  '\t',
  '#',
  ' #',
  ':',
  ': ',
  ',',
  '- ',
  '-',
  '? ',
  '"',
  "'",
  '[',
  ']',
  '{',
  '}',
  '&',
  '*',
  '!',
  '!!',
  '|',
  '>',
  '%',
  '@',
  '`',
  '~',
  '=',
  '+',
  '\\',
  '\\n',
  '\r',
  '\r\n',
  '<<: ',
  '---\n',
  '...\n',
  '*m',
  '*i',
  '*e',
  '&z ',
  '!!str ',
  '!x ',
  '>+\n',
  '|2\n',
  'x: ',
  'image: acme/n:9\n',
  'image: acme/n:9',
  'image',
  '\uFEFF',
  '\u00a0',
  '\u2028',
  '\u0085',
  '\u0000',
  '\u0007',
];

/** Manifests with one to three characters or lines that are inserted, deleted, replaced or repeated. */
export function changedManifest(): fc.Arbitrary<string> {
  const change = fc.record({
    at: fc.nat(10_000),
    length: fc.nat(6),
    what: fc.constantFrom('insert', 'delete', 'replace', 'repeat'),
    text: fc.constantFrom(...INSERTED),
  });
  const base = fc.constantFrom(BLOCK, DOCUMENTS, JSON_LIST, EXPLICIT);
  const changes = fc.array(change, { minLength: 1, maxLength: 3 });
  return fc.tuple(base, changes).map(([start, all]) => all.reduce(changed, start));
}

/** The same ones in each run. */
export function generatedManifests(count: number): readonly string[] {
  return fc.sample(changedManifest(), { numRuns: count, seed: 1 });
}

/** Text of the characters that mean something in YAML. */
export function yamlText(): fc.Arbitrary<string> {
  const part = fc.oneof(
    fc.constantFrom(...INSERTED),
    fc.constantFrom(
      'kind: Pod\n',
      'spec:\n',
      '  containers:\n',
      '  - image: ghcr.io/acme/sdk:dev\n',
    ),
    fc.constantFrom('repository: ghcr.io/acme/sdk\n', 'services: {a: {image: ', 'image: {{ x }}\n'),
    fc.string({ unit: 'binary', maxLength: 4 }),
  );
  return fc.array(part, { maxLength: 30 }).map((parts) => parts.join(''));
}

type Change = { at: number; length: number; what: string; text: string };

function changed(source: string, { at, length, text, what }: Change): string {
  const start = Math.floor((at / 10_001) * source.length);
  if (what === 'insert') return source.slice(0, start) + text + source.slice(start);
  if (what === 'delete') return source.slice(0, start) + source.slice(start + length);
  if (what === 'replace') return source.slice(0, start) + text + source.slice(start + text.length);
  const lines = source.split('\n');
  const line = at % lines.length;
  return lines.toSpliced((line + length) % lines.length, 0, lines[line] ?? '').join('\n');
}
