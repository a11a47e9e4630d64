import { assert, gen, property } from 'fast-check';
import { expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { pinManifests } from '../../src/index.ts';
import { digest, PINS, POLICY, SDK, WWW } from './styles.ts';
import { createDraw, type Draw, type Plain, writeYaml } from './write-yaml.ts';

const OLD = 'a0b0c0d0e0f0a0b0c0d0e0f0a0b0c0d0e0f0a0b0';
const PLAIN_KEY = 'ameide.io/image-sha';

/** An object as it is, and as it must be after it was pinned. */
interface Example {
  readonly before: Plain;
  readonly after: Plain;
}

interface Container {
  readonly name: string;
  readonly before: string;
  readonly after: string;
  readonly sha?: string;
}

function container(name: string, { oneOf }: Draw): Container {
  const image = oneOf('www', 'www', 'sdk', 'job', 'nginx');
  if (image === 'nginx' || image === 'job') {
    const text =
      image === 'job' ? 'ghcr.io/acme/job:dev' : oneOf('nginx', 'nginx:1.27.0', 'a.b:5000/c/d');
    return { name, before: text, after: text };
  }
  const host = oneOf('ghcr.io', 'ghcr.io', 'GHCR.IO', 'ghcr.io:443');
  const suffix = oneOf('', ':1.0.0', ':latest', `@${digest('0')}`, `:1.0.0@${digest('0')}`);
  const [tag, own, sha] =
    image === 'www' ? ['1.2.3', digest('a'), WWW] : ['2.0.0', digest('b'), SDK];
  return {
    name,
    before: `${host}/acme/${image}${suffix}`,
    after: `${host}/acme/${image}:${tag}${suffix.includes('@') ? `@${own}` : ''}`,
    sha,
  };
}

/** The annotations of a pod before and after: undefined where it has none. */
function annotations(containers: readonly Container[], { oneOf }: Draw) {
  const pinned = containers.filter(({ sha }) => sha !== undefined);
  const ours = new Set(
    containers.flatMap(({ after }) => /acme\/(\w+)/.exec(after.toLowerCase())?.[1] ?? []),
  );
  const isSeveral = ours.size > 1;
  const other: Readonly<Record<string, string>> = oneOf(
    {},
    { 'a.b/c': 'd' },
    { y: 'z', 'w/x': 'v' },
  );
  // One annotation for images of several commits is a problem, which another test has.
  const hasPlain = !isSeveral && oneOf(true, false);
  const before = { ...other, ...(hasPlain ? { [PLAIN_KEY]: OLD } : {}) };
  const wanted = isSeveral
    ? Object.fromEntries(pinned.map(({ name, sha = '' }) => [`image-sha.ameide.io/${name}`, sha]))
    : Object.fromEntries(pinned.map(({ sha = '' }) => [PLAIN_KEY, sha]));
  const isEmpty = Object.keys(before).length === 0;
  const shown: Plain | undefined = isEmpty ? oneOf(undefined, null, {}) : before;
  return { before: shown, after: pinned.length === 0 ? shown : { ...before, ...wanted } };
}

/** Values that stand at the top of a document, where aliases and merges find them. */
interface Shared {
  readonly before: Readonly<Record<string, Plain>>;
  readonly after: Readonly<Record<string, Plain>>;
}

interface Labels {
  readonly before: Readonly<Record<string, Plain>>;
  readonly after: Readonly<Record<string, Plain>>;
  readonly shared?: Readonly<Record<string, Plain>>;
}

function labelsOf({ oneOf }: Draw): Labels {
  const own = oneOf<Readonly<Record<string, string>>>({}, { app: 'www' }, { app: 'a', tier: 'b' });
  if (oneOf(true, true, false)) return { before: own, after: own };
  const shared = { tier: 'front', zone: 'x' };
  const { tier: _, ...rest } = own;
  return {
    before: { '<<': '*x-labels', ...rest },
    after: { ...shared, ...rest },
    shared: { 'x-labels': shared },
  };
}

function podOf(draw: Draw): Example & { readonly shared: Shared } {
  const names = draw.oneOf(['a'], ['a'], ['a', 'b'], ['a', 'b', 'c-3']);
  const containers = names.map((name) => container(name, draw));
  const found = annotations(containers, draw);
  const labels = labelsOf(draw);
  const hasMetadata =
    found.before !== undefined || labels.shared !== undefined || draw.oneOf(true, true, false);
  const args = draw.oneOf<Plain>(['--verbose'], ['a', 'b c', 'd=e']);
  const [first] = containers;
  const isAlias = draw.oneOf(true, false, false);
  const image = (one: Container, when: 'before' | 'after'): string =>
    isAlias && one === first && when === 'before' ? '*x-image' : one[when];
  const pod = (when: 'before' | 'after'): Plain => ({
    ...(hasMetadata || found[when] !== undefined
      ? {
          metadata: {
            ...(hasMetadata ? { labels: labels[when] } : {}),
            ...(found[when] === undefined ? {} : { annotations: found[when] }),
          },
        }
      : {}),
    spec: {
      containers: containers.map((one) => ({ name: one.name, image: image(one, when), args })),
    },
  });
  const shared = (when: 'before' | 'after') => ({
    ...labels.shared,
    ...(isAlias && first !== undefined ? { 'x-image': first[when] } : {}),
  });
  return {
    before: pod('before'),
    after: pod('after'),
    shared: { before: shared('before'), after: shared('after') },
  };
}

/** A kustomization with images of one commit or of several. */
function kustomizationOf(draw: Draw): Example {
  const names = draw.oneOf(['a'], ['a', 'b'], ['a', 'b', 'c']);
  const containers = names.map((name) => container(name, draw));
  const entries = containers.map((one) => {
    const [, name = '', suffix = ''] = /^(.*\/\w+|nginx)([:@].*)?$/.exec(one.before) ?? [];
    const [, tag, own] = /^:?([\w.]*)(?:@(.*))?$/.exec(suffix) ?? [];
    const [, newTag, newDigest] = /:([\w.]+)(?:@(.*))?$/.exec(one.after) ?? [];
    const named = draw.oneOf<Readonly<Record<string, string>>>(
      { name },
      { name: 'x', newName: name },
    );
    const entry = (newTag: string | undefined, digest: string | undefined): Plain => ({
      ...named,
      ...(newTag === undefined || newTag === '' ? {} : { newTag }),
      ...(digest === undefined ? {} : { digest }),
    });
    const before = entry(tag, own);
    return { before, after: one.sha === undefined ? before : entry(newTag, newDigest) };
  });
  const shas = new Set(containers.flatMap(({ after, sha }) => (/acme/.test(after) ? [sha] : [])));
  const [sha] = shas;
  const hasAnnotation = shas.size === 1 && sha !== undefined && draw.oneOf(true, false);
  const object = (when: 'before' | 'after'): Plain => ({
    kind: 'Kustomization',
    images: entries.map((one) => one[when]),
    ...(hasAnnotation ? { commonAnnotations: { [PLAIN_KEY]: when === 'before' ? OLD : sha } } : {}),
  });
  return { before: object('before'), after: object('after') };
}

function objectOf(draw: Draw): Example {
  if (draw.oneOf(true, false, false)) return kustomizationOf(draw);
  const { after, before, shared } = podOf(draw);
  const kind = draw.oneOf('Deployment', 'CronJob', 'List');
  const wrap = (template: Plain): { readonly [key: string]: Plain } => {
    if (kind === 'Deployment')
      return { apiVersion: 'apps/v1', kind, metadata: { name: 'www' }, spec: { template } };
    if (kind === 'CronJob') return { kind, spec: { jobTemplate: { spec: { template } } } };
    return { kind, items: [{ kind: 'Job', spec: { template } }, { kind: 'ConfigMap' }] };
  };
  return {
    before: { ...shared.before, ...wrap(before) },
    after: { ...shared.after, ...wrap(after) },
  };
}

const COMMENT = /# comment \d+/g;

test('whatever the style is, the images and annotations change and nothing else does', () => {
  assert(
    property(gen(), (generate) => {
      const draw = createDraw(generate);
      const examples = draw.oneOf([1], [1], [1, 2], [1, 2, 3]).map(() => objectOf(draw));
      const eol = draw.oneOf('\n', '\n', '\r\n');
      const text = examples
        .map(({ before }, index) => writeYaml(before, draw, index * 1000))
        .map((document) => (document.startsWith('--- ') ? document : `---\n${document}`))
        .join(draw.oneOf('', '...\n', '\n# comment 9999\n'))
        .replace(/\n$/, draw.oneOf('\n', '\n', '', '\n\n'));
      const before = `${draw.oneOf('', '', '\uFEFF')}${text.replaceAll('\n', eol)}`;

      const options = { policy: POLICY, environment: 'production', pins: PINS };
      const { files, problems } = pinManifests([{ path: 'a.yaml', text: before }], options);
      expect(problems).toEqual([]);
      const after = files[0]?.text ?? '';
      const values = parseAllDocuments(after, { merge: true }).map(
        (document) => document.toJS() as unknown,
      );
      expect(values).toEqual(examples.map((example) => example.after));
      expect(after.match(COMMENT)).toEqual(before.match(COMMENT));
      // Line breaks are of one kind.
      expect(after.replaceAll(eol, '')).not.toMatch(/[\r\n]/);
      for (const { end, start } of files[0]?.edits ?? [])
        expect(before.slice(start, end)).toMatch(REPLACED);
      const again = pinManifests([{ path: 'a.yaml', text: after }], options);
      expect(again.files[0]?.text).toBe(after);
      expect(again.problems).toEqual([]);
    }),
    { numRuns: 300 },
  );
});

/** The end of an image, an old commit, a value that was nothing, or a scalar with an escape. */
const REPLACED = /^(?:(?::?[\w.]*)?(?:@?sha256:)?\w*|null|~|"[^"]*\\x63[^"]*")$/;
