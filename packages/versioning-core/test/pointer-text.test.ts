import { describe, expect, test } from 'vitest';
import { formatPointer, InvalidInputError, parsePointer } from '../src/index.ts';

describe('a pointer as text', () => {
  test.each([
    ['npm:@s/n@dev', 'npm', '@s/n', 'dev'],
    ['oci:127.0.0.1:5000/sdk:0.1', 'oci', '127.0.0.1:5000/sdk', '0.1'],
    ['go:a.b/c/v2@main', 'go', 'a.b/c/v2', 'main'],
    ['github:ameideio/ameide@latest', 'github', 'ameideio/ameide', 'latest'],
  ])('%s is read, and written the same', (text, ecosystem, name, pointer) => {
    expect(parsePointer(text)).toEqual({ ecosystem, name, pointer });
    expect(formatPointer(parsePointer(text))).toBe(text);
  });

  test.each([
    'pypi:x@latest',
    'github:ameide@latest',
    'github:a/b.git@latest',
    'github:a/b@',
    'npm:dev',
  ])('%s is none', (text) => {
    expect(() => parsePointer(text)).toThrow(InvalidInputError);
  });
});
