import { describe, expect, test } from 'vitest';
import { formatCoordinate, InvalidInputError, parseCoordinate } from '../src/index.ts';
import { coordinates } from './support/vectors.ts';

const { accepted, refused, rewritten } = coordinates;

describe('accepted', () => {
  test.each(accepted)('%s', (text, ecosystem, name, version) => {
    const coordinate = parseCoordinate(text);
    expect(coordinate).toEqual({ ecosystem, name, version });
    expect(formatCoordinate(coordinate)).toBe(text);
  });
});

describe('rewritten to what the registry serves', () => {
  test.each(rewritten)('%s becomes %s', (text, normal) => {
    expect(formatCoordinate(parseCoordinate(text))).toBe(normal);
    expect(parseCoordinate(normal)).toEqual(parseCoordinate(text));
  });
});

describe('refused', () => {
  test.each([
    ...refused,
    undefined,
    null,
    1,
    {},
    ['npm:x@1.0.0'],
    `npm:${'x'.repeat(215)}@1.0.0`,
    `npm:x@1.0.0-${'x'.repeat(2000)}`,
  ])('%j', (text) => {
    expect(() => parseCoordinate(text)).toThrow(InvalidInputError);
  });
  test.each([
    ['npm:@acme/alpha', 'a version, which is missing: npm:@acme/alpha@VERSION'],
    ['npm:alpha', 'a version, which is missing: npm:alpha@VERSION'],
    ['pypi:alpha', 'a version, which is missing: pypi:alpha==VERSION'],
    ['go:example.com/a', 'a version, which is missing: go:example.com/a@VERSION'],
    ['oci:ghcr.io/o/r', 'a version, which is missing: oci:ghcr.io/o/r:VERSION'],
    ['oci:127.0.0.1:5000/o/r', 'a version, which is missing: oci:127.0.0.1:5000/o/r:VERSION'],
    ['pypi:alpha@1', '"==" between name and version'],
    ['pypi:alpha=1', '"==" between name and version'],
  ])('%s: expected %s', (text, expected) => {
    expect(() => parseCoordinate(text)).toThrow(`coordinate: expected ${expected}`);
  });

  test.each([
    ['npm:@acme/alpha@latest', 'npm view @acme/alpha dist-tags'],
    ['npm:alpha@dev', 'npm view alpha dist-tags'],
    ['pypi:Al_pha==latest', 'pip index versions al-pha'],
    ['go:example.com/a@latest', 'go list -m example.com/a@latest'],
    ['go:example.com/a@v1', 'go list -m example.com/a@v1'],
    ['go:example.com/a@main', 'go list -m example.com/a@main'],
  ])('%s: a name that moves, and the command that tells its version', (text, command) => {
    expect(() => parseCoordinate(text)).toThrow(
      expect.objectContaining({
        hint: expect.stringMatching(new RegExp(`: ${command}$`)),
      }) as Error,
    );
  });

  test.each([
    'npm:alpha@^1.0.0',
    'pypi:alpha==1.x.y',
    'go:example.com/a@1.0.0',
    'npm:alpha@v1.0.0',
  ])('%s: a misspelt version is no such name', (text) => {
    expect(() => parseCoordinate(text)).toThrow(
      expect.objectContaining({ hint: undefined }) as Error,
    );
  });

  test('under the name that the caller gives', () => {
    expect(() => parseCoordinate('npm:x', 'argument')).toThrow(
      expect.objectContaining({ field: 'argument' }) as Error,
    );
  });
});
