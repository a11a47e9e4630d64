import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Document, isCollection, isScalar, visit } from 'yaml';
import { checkManifests, createPolicy } from '../../src/index.ts';
import { changedManifest, yamlText } from '../manifest/generated-manifests.ts';

const POLICY = createPolicy({
  images: ['ghcr.io/acme/*', 'docker.io/acme/*'],
  environments: { production: { annotation: 'required', digest: 'required' } },
  places: [{ kind: 'Widget', images: ['spec.*'] }],
});

function check(text: string, path = 'a.yaml') {
  return checkManifests([{ path, text }], { policy: POLICY, environment: 'production' });
}

test('no text makes it throw, and every finding is in the file and has a fix', () => {
  const path = fc.constantFrom('a.yaml', 'kustomization.yaml');
  fc.assert(
    fc.property(fc.oneof(changedManifest(), yamlText()), path, (text, name) => {
      const lines = text.split('\n');
      for (const { column = 0, hint, line = 0, path: found } of check(text, name).problems) {
        expect(found).toBe(name);
        expect(hint).toBeDefined();
        expect(line).toBeGreaterThanOrEqual(1);
        expect(line).toBeLessThanOrEqual(lines.length);
        expect(column).toBeGreaterThanOrEqual(1);
        expect(column).toBeLessThanOrEqual((lines[line - 1]?.length ?? 0) + 1);
      }
    }),
    { numRuns: 2000 },
  );
});

const image = fc.constantFrom(
  'ghcr.io/acme/sdk:dev',
  'ghcr.io/acme/sdk:0.1.0',
  'ghcr.io/acme/sdk',
  `ghcr.io/acme/sdk@sha256:${'a'.repeat(64)}`,
  'ghcr.io/Acme/sdk:dev',
  'nginx:1',
  'acme/sdk:1.10',
  '$(IMAGE)',
  'ghcr.io/acme/sdk :dev',
  '',
);
const container = fc.record(
  { name: fc.constantFrom('www', '1', 'true'), image, args: fc.array(image, { maxLength: 2 }) },
  { requiredKeys: [] },
);
const annotations = fc.dictionary(
  fc.constantFrom('ameide.io/image-sha', 'image-sha.ameide.io/www', 'a.b/c'),
  fc.constantFrom('a'.repeat(40), '1'.repeat(40), 'abc', 'ghcr.io/acme/sdk:dev'),
);
const pod = fc.record({
  metadata: fc.record({ name: fc.constant('www'), annotations }),
  spec: fc.record({ containers: fc.array(container, { maxLength: 3 }) }),
});
const manifest = fc.oneof(
  pod.map((one) => ({ kind: 'Pod', ...one })),
  pod.map((template) => ({ kind: 'Deployment', spec: { template } })),
  fc.array(pod, { maxLength: 2 }).map((items) => ({ kind: 'PodList', items })),
  fc.record({ spec: fc.dictionary(fc.constantFrom('a', 'b.c'), image) }).map((one) => ({
    kind: 'Widget',
    ...one,
  })),
  fc.record({
    web: fc.record({ repository: image, tag: fc.constantFrom('dev', '1.10', '0.1.0', '') }),
  }),
  fc.record({ services: fc.dictionary(fc.constantFrom('a', 'b.c'), container) }),
);

const COMMENT = ' image: ghcr.io/acme/sdk:dev {{ x }}';

const STYLES = ['PLAIN', 'QUOTE_SINGLE', 'QUOTE_DOUBLE', 'BLOCK_LITERAL'] as const;

/** Gives each value a style that the numbers choose, and comments that look like images. */
function written(value: unknown, choices: readonly number[], indent: number): string {
  const document = new Document(value, { aliasDuplicateObjects: false });
  let at = 0;
  const next = (count: number): number => (choices[at++ % choices.length] ?? 0) % count;
  visit(document, {
    Node: (role, node) => {
      if (isScalar(node)) node.type = STYLES[next(role === 'key' ? 3 : 4)] ?? 'PLAIN';
      else if (isCollection(node)) node.flow = next(3) === 0;
    },
  });
  document.commentBefore = COMMENT;
  document.comment = COMMENT;
  const text = document.toString({ indent, lineWidth: 0 });
  // A comment on a line of its own may stand before any line with a key, except in a text.
  return next(2) === 0 || /[|>]/.test(text)
    ? text
    : text.replaceAll(/^(?= *["'\w][^\n]*:)/gm, `#${COMMENT}\n`);
}

test('styles, quotes, comments and indentation change no finding', () => {
  const found = (text: string): readonly string[] =>
    check(text).problems.map(({ code, field = '', message }) => `${code} ${field} ${message}`);
  fc.assert(
    fc.property(
      manifest,
      fc.array(fc.nat(11), { minLength: 7, maxLength: 40 }),
      fc.constantFrom(2, 3, 4),
      (value, choices, indent) => {
        const json = JSON.stringify(value);
        const text = written(value, choices, indent);
        expect({ text, found: found(text) }).toEqual({ text, found: found(json) });
      },
    ),
    { numRuns: 1000 },
  );
});
