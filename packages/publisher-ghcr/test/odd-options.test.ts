import { Secret } from '@ameide/publisher-kit';
import { type Bundle, InvalidInputError, ok } from '@ameide/versioning-core';
import { describe, expect, test } from 'vitest';
import { ghcr, type ImageOptions } from '../src/index.ts';
import { release, step, tree } from './release.ts';

const IMAGE = 'ghcr.io/o/r';
const BUNDLE: Bundle = { name: 'b', files: () => Promise.resolve(ok([])) };

const ODD: Readonly<Record<string, unknown>> = {
  undefined: undefined,
  null: null,
  number: 1,
  empty: '',
  text: 'some text',
  list: [],
  texts: ['a=b'],
  object: {},
  unknown: { someOption: 1 },
  map: new Map([['a', 'b']]),
  true: true,
  symbol: Symbol('s'),
  function: () => 1,
};

type Accepted = readonly (keyof typeof ODD)[];
type Call = (value: unknown) => unknown;

/** As a JavaScript user calls them. */
const image = ghcr as (options?: unknown) => ReturnType<typeof ghcr>;
const bundle = (name?: unknown, options?: unknown): ReturnType<typeof ghcr.bundle> =>
  ghcr.bundle(name as string, options as ImageOptions);

const files = (more: object): unknown => image({ image: IMAGE, files: 'sdk', ...more });
const docker = (more: object): unknown =>
  image({ image: IMAGE, dockerfile: { directory: 'd', ...more } });

/**
 * Field, the odd values that it takes, and the call. `someOption` is told as a field of its own.
 */
const OPTIONS: readonly (readonly [field: string, accepted: Accepted, call: Call])[] = [
  ['options', [], image],
  ['image', [], (value) => image({ image: value, files: 'sdk' })],
  ['files', ['empty', 'text'], (value) => image({ image: IMAGE, files: value })],
  ['dockerfile', [], (value) => image({ image: IMAGE, dockerfile: value })],
  ['dockerfile.directory', ['empty', 'text'], (value) => docker({ directory: value })],
  ['dockerfile.file', ['undefined', 'text'], (value) => docker({ file: value })],
  ['dockerfile.target', ['undefined', 'text'], (value) => docker({ target: value })],
  ['dockerfile.buildArgs', ['undefined', 'object'], (value) => docker({ buildArgs: value })],
  ['dockerfile.buildArgs.V', ['empty', 'text'], (value) => docker({ buildArgs: { V: value } })],
  ['build', ['undefined', 'texts'], (value) => files({ build: value })],
  ['build', ['text'], (value) => files({ build: [value] })],
  ['build', ['empty', 'text'], (value) => files({ build: ['make', value] })],
  ...(
    [
      ['path', ['undefined'], (value) => ({ path: value })],
      ['platform', ['undefined'], (value) => ({ platform: value })],
      ['labels', ['undefined', 'object'], (value) => ({ labels: value })],
      ['labels.a', ['empty', 'text'], (value) => ({ labels: { a: value } })],
      ['registry', ['undefined'], (value) => ({ registry: value })],
      ['user', ['undefined', 'empty', 'text'], (value) => ({ user: value })],
      ['token', ['undefined', 'empty', 'text', 'function'], (value) => ({ token: value })],
      ['ports', ['undefined', 'object'], (value) => ({ ports: value })],
      ...['env', 'http', 'processes'].map(
        (name) =>
          [
            `ports.${name}`,
            ['undefined', 'object', 'unknown', 'map'],
            (value: unknown) => ({ ports: { [name]: value } }),
          ] as const,
      ),
      ...['sleep', 'now', 'docker'].map(
        (name) =>
          [
            `ports.${name}`,
            ['undefined', 'function'],
            (value: unknown) => ({ ports: { [name]: value } }),
          ] as const,
      ),
    ] as readonly (readonly [string, Accepted, (value: unknown) => object])[]
  ).flatMap(([field, accepted, options]): readonly (readonly [string, Accepted, Call])[] => [
    [field, accepted, (value) => files(options(value))],
    [field, accepted, (value) => bundle(IMAGE, options(value))],
  ]),
  [
    'platform',
    ['undefined'],
    (value) => image({ image: IMAGE, dockerfile: { directory: 'd' }, platform: value }),
  ],
  ['image', [], bundle],
  ['options', ['undefined', 'object'], (value) => bundle(IMAGE, value)],
];

function refusalOf(call: () => unknown): InvalidInputError | undefined {
  try {
    call();
    return undefined;
  } catch (error) {
    if (error instanceof InvalidInputError) return error;
    throw error;
  }
}

describe.each(OPTIONS)('the option %s of a JavaScript user', (field, accepted, call) => {
  test.each(Object.keys(ODD))('%s', (name) => {
    const refusal = refusalOf(() => call(ODD[name]));
    expect(refusal === undefined).toBe(accepted.includes(name));
    if (refusal === undefined) return;
    // Of options with options in them it is the unknown one that is named, or one that must be
    // there.
    const inner =
      field === 'dockerfile'
        ? ['dockerfile.someOption', 'dockerfile.directory']
        : [field === 'options' ? 'someOption' : `${field}.someOption`];
    const among = [
      field,
      ...(['unknown', 'object', 'map'].includes(name) ? [...inner, 'image'] : []),
    ];
    // Without files there has to be a Dockerfile, and the other way round.
    if (name === 'undefined') among.push('files');
    expect(among).toContain(refusal.field);
    expect(refusal.expected).not.toBe('');
  });
});

test.each([
  [
    { build: 'npm run build' },
    'build',
    'No shell splits it into words: write build: ["npm", "run", "build"]',
  ],
  [
    { files: undefined, dockerfile: 'docker/web' },
    'dockerfile',
    'Write dockerfile: { directory: "docker/web" }',
  ],
  [
    { files: undefined, dockerfile: { directory: 'd', buildargs: { V: '1' } } },
    'dockerfile.buildargs',
    'Did you mean "buildArgs"?',
  ],
  [{ lables: {} }, 'lables', 'Did you mean "labels"?'],
  [{ ports: { htpp: {} } }, 'ports.htpp', 'Did you mean "http"?'],
  [
    { files: undefined, dockerfile: { directory: 'd', buildArgs: ['V=1'] } },
    'dockerfile.buildArgs',
    undefined,
  ],
])('%j is refused with what to write instead', (more, field, hint) => {
  const refusal = refusalOf(() => files(more));
  expect([refusal?.field, refusal?.hint]).toEqual([field, hint]);
});

test.each([
  ['a token', { token: 51_235_123 }, '51235123'],
  ['a token in an object', { token: { value: 'hunter22' } }, 'hunter22'],
  [
    'a build argument',
    { files: undefined, dockerfile: { directory: 'd', buildArgs: 'T=hunter22' } },
    'hunter22',
  ],
  [
    'build arguments in a list',
    { files: undefined, dockerfile: { directory: 'd', buildArgs: ['T=hunter22'] } },
    'hunter22',
  ],
])('%s of the wrong kind is not shown', (_name, more, value) => {
  const refusal = refusalOf(() => files(more));
  expect(
    [refusal?.message, refusal?.received, refusal?.hint, JSON.stringify(refusal)].join('\n'),
  ).not.toContain(value);
});

describe('a token’s function', () => {
  test.each([
    ['a number', () => 5],
    ['null', () => null],
    ['a promise', () => Promise.resolve('hunter22')],
  ])('that gives %s is refused when it is asked', async (_name, token) => {
    const publisher = await image({
      image: '127.0.0.1:9/o/r',
      files: 'sdk',
      token,
      ports: { http: challenging },
    }).open(tree());
    await expect(publisher.check?.(publisher.plan(release()), await step())).rejects.toThrow(
      expect.objectContaining({ name: 'InvalidInputError', field: 'token' }),
    );
  });

  const challenging = {
    request: () =>
      Promise.resolve({
        status: 401,
        url: 'http://127.0.0.1:9/v2/',
        headers: new Headers({ 'www-authenticate': 'Basic realm="r"' }),
        body: new Uint8Array(),
        text: () => '',
        json: () => ({}),
      }),
  };
});

test('what is accepted can be planned', async () => {
  const options = [
    { image: IMAGE, files: '', build: ['make', ''], labels: {}, token: new Secret('t') },
    {
      image: IMAGE,
      dockerfile: { directory: '', file: undefined, buildArgs: undefined, target: undefined },
      token: '',
      user: '',
    },
  ];
  for (const one of options)
    expect((await image(one).open(tree())).plan(release()).publisher).toBe(`oci:${IMAGE}`);
  expect((await bundle(IMAGE, {}).open(tree(), BUNDLE)).plan(release()).publisher).toBe(
    `oci:${IMAGE}`,
  );
});
