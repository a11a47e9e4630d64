import { describe, expect, test } from 'vitest';
import { parseRepositoryPath } from '../../src/index.ts';
import { listOf, optional, shape, string } from '../../src/options/index.ts';
import { HOSTILE } from './hostile.ts';
import { refusal } from './refusal.ts';

interface DistTags {
  readonly release?: string;
  readonly dev?: string;
}
interface Options {
  readonly directory: string;
  readonly registry?: string;
  readonly distTags?: DistTags;
  readonly channels?: readonly DistTags[];
}

const distTags = shape<DistTags>({
  release: optional(string('a dist-tag, for example latest', /^[a-z]+$/)),
  dev: optional(string('a dist-tag, for example dev', /^[a-z]+$/)),
});
const parse = shape<Options>(
  {
    directory: parseRepositoryPath,
    registry: optional(string('an address, for example https://registry.npmjs.org')),
    distTags: optional(distTags),
    channels: optional(listOf(distTags, 'a list of dist-tags')),
  },
  { name: 'npm', code: 'npm-option' },
);

test('good options come back in the form that is used; what was left out stays out', () => {
  expect(parse({ directory: './sdk/', distTags: { dev: 'canary' } })).toStrictEqual({
    directory: 'sdk',
    distTags: { dev: 'canary' },
  });
  expect(parse(Object.assign(Object.create(null), { directory: '.' }))).toEqual({ directory: '' });
});

describe('an unknown key', () => {
  test.each([
    [{ directory: '.', registri: 'x' }, 'registri', 'Did you mean "registry"?'],
    [
      { directory: '.', distTags: { realease: 'x' } },
      'distTags.realease',
      'Did you mean "release"?',
    ],
    [{ directory: '.', channels: [{}, { deb: '' }] }, 'channels[1].deb', 'Did you mean "dev"?'],
    [{ directory: '.', zzz: 1 }, 'zzz', undefined],
    [{ Directory: '.' }, 'Directory', 'Did you mean "directory"?'],
    [JSON.parse('{ "directory": ".", "__proto__": {} }'), '__proto__', undefined],
    [{ directory: '.', constructor: 1 }, 'constructor', undefined],
    [{ directory: '.', 'a\u001b b': 1 }, '["a\\u001b b"]', undefined],
  ])('in %j is told by its path', (options, field, hint) => {
    expect(refusal(() => parse(options))).toMatchObject({ code: 'npm-option', field, hint });
  });
});

describe('a wrong value', () => {
  test.each([
    [{ directory: '../x' }, 'directory', '"../x"'],
    [{ directory: '.', registry: null }, 'registry', '"null"'],
    [{ directory: '.', distTags: { release: 7 } }, 'distTags.release', '"7"'],
    [{ directory: '.', distTags: 'latest' }, 'distTags', '"a string"'],
    [{ directory: '.', distTags: ['latest'] }, 'distTags', '"a list of 1"'],
    [{ directory: '.', distTags: null }, 'distTags', '"null"'],
    [{ directory: '.', channels: [{ dev: 'dev' }, 5] }, 'channels[1]', '"5"'],
    [{ directory: '.', channels: {} }, 'channels', '"an object without fields"'],
  ])('in %j is told by its path', (options, field, received) => {
    expect(refusal(() => parse(options))).toMatchObject({ code: 'npm-option', field, received });
  });

  test('the accepted form of an object names its keys, and which may be left out', () => {
    expect(refusal(() => parse({ directory: '.', distTags: 'latest' })).message).toBe(
      'distTags: expected an object { release?, dev? }, got "a string"',
    );
  });
});

describe('the whole call', () => {
  test.each([
    ['undefined', undefined],
    ['null', null],
    ['a string', 'packages/sdk'],
    ['a list of 1', [{ directory: '.' }]],
    ['function', () => ({ directory: '.' })],
    ['an instance of a class', new Map()],
  ])('that gives %s is refused under its name', (received, options) => {
    const error = refusal(() => parse(options));
    expect(error.message).toBe(
      `npm: expected an object { directory, registry?, distTags?, channels? }, got "${received}"`,
    );
    expect(error).toMatchObject({ code: 'npm-option', field: 'npm', hint: undefined });
  });

  test('is called options, with the code invalid-input, when no other name is given', () => {
    expect(refusal(() => distTags(1))).toMatchObject({ field: 'options', code: 'invalid-input' });
  });

  test('of a check may have another code', () => {
    expect(refusal(() => parse({}, '', 'other'))).toMatchObject({ code: 'other' });
  });
});

describe('undefined', () => {
  const question = 'Does it come from an environment variable that is not set?';

  test.each([
    [{ directory: '.', registry: undefined }, 'registry'],
    [{ directory: undefined }, 'directory'],
    [{ directory: '.', distTags: undefined }, 'distTags'],
    [{ directory: '.', distTags: { dev: undefined } }, 'distTags.dev'],
    [{ directory: '.', channels: [undefined] }, 'channels[0]'],
  ])('in %j is asked about', (options, field) => {
    expect(refusal(() => parse(options))).toMatchObject({
      field,
      received: '"undefined"',
      hint: question,
    });
  });

  test('in a template is asked about, too', () => {
    const { HOST } = {} as { readonly HOST?: string };
    expect(
      refusal(() => parse({ directory: '.', distTags: { dev: `${HOST}/site` } })),
    ).toMatchObject({
      field: 'distTags.dev',
      hint: question,
    });
  });

  test('is not what a required option that was left out is', () => {
    expect(refusal(() => parse({}))).toMatchObject({
      field: 'directory',
      received: undefined,
      hint: 'This option is required.',
    });
  });
});

describe('a value that fights back', () => {
  test.each(HOSTILE)('%s as the whole call is a wrong input', (_name, value) => {
    expect(refusal(() => parse(value)).code).toBe('npm-option');
  });

  test.each(HOSTILE)('%s as an option is a wrong input', (_name, value) => {
    // A string is an address here.
    const addresses = typeof value === 'string' ? [] : ['registry'];
    for (const key of ['directory', 'distTags', 'channels', ...addresses])
      expect(refusal(() => parse({ directory: '.', [key]: value })).field).toContain(key);
  });

  test('a getter that throws is told by its path, and its error kept', () => {
    const options = {
      directory: '.',
      get registry(): string {
        throw new TypeError('hunter2');
      },
    };
    const error = refusal(() => parse(options));
    expect(error).toMatchObject({ field: 'registry', cause: { message: 'hunter2' } });
    expect(error.message).toBe('registry: expected a value that can be read');
  });

  test('a getter is read once', () => {
    let count = 0;
    const options = {
      get directory() {
        count += 1;
        return count === 1 ? 'sdk' : '../x';
      },
    };
    expect(parse(options)).toEqual({ directory: 'sdk' });
    expect(count).toBe(1);
  });
});

test.each([
  ['gh', 'ghp_16C7e42F292c6912E7710c838347Ae178B4a'],
  ['base64', '../QWxhZGRpbjpvcGVuIHNlc2FtZQ1'],
  ['in a shell line', 'x\0 --token 71e210beab37b68546d56dceccba18f09264ecc3'],
])('a string that may be a token is not shown, wherever it was put: %s', (_name, token) => {
  const error = refusal(() => parse({ directory: `../${token}`, registry: token }));
  expect(error.received).toBeUndefined();
});

test('a path, a version and an address are shown', () => {
  for (const text of [
    '../packages/ameide_sdk_ts/package.json',
    '/opt/0.1.0-dev.1',
    '\\example.com',
  ])
    expect(refusal(() => parse({ directory: text })).received).toBe(JSON.stringify(text));
});
