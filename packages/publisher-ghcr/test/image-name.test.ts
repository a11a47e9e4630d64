import { describe, expect, test } from 'vitest';
import { parseImageName } from '../src/image-name.ts';
import { registryOrigin } from '../src/registry/address.ts';

describe('image names and where their registry is', () => {
  test.each([
    ['ghcr.io/ameideio/ameide-sdk-ts', 'ghcr.io', 'ameideio/ameide-sdk-ts', 'https://ghcr.io'],
    ['localhost/a', 'localhost', 'a', 'http://localhost'],
    ['127.0.0.1:5000/a/b__c', '127.0.0.1:5000', 'a/b__c', 'http://127.0.0.1:5000'],
    ['[::1]:5000/a', '[::1]:5000', 'a', 'http://[::1]:5000'],
    [
      'registry.example.org:8443/a',
      'registry.example.org:8443',
      'a',
      'https://registry.example.org:8443',
    ],
    ['docker.io/library/hello', 'docker.io', 'library/hello', 'https://registry-1.docker.io'],
    ['10.0.0.1:5000/a', '10.0.0.1:5000', 'a', 'https://10.0.0.1:5000'],
  ])('%s', (name, host, repository, origin) => {
    const image = parseImageName(name);
    expect(image).toEqual({ name, host, repository });
    expect(registryOrigin(image)).toBe(origin);
  });

  test.each([
    'ameideio/sdk',
    'sdk',
    '',
    'ghcr.io/',
    'ghcr.io/Ameide/sdk',
    'ghcr.io/a/sdk:dev',
    `ghcr.io/a/sdk@sha256:${'0'.repeat(64)}`,
    'https://ghcr.io/a/sdk',
    'ghcr.io/a//b',
    'ghcr.io/a/../b',
    'ghcr.io/a/-b',
    'ghcr.io/a/b ',
    'user:pw@ghcr.io/a',
    'ghcr.io:99999/a',
    `ghcr.io/${'a'.repeat(300)}`,
    undefined,
    7,
  ])('refuses %j', (name) => {
    expect(() => parseImageName(name)).toThrow(
      expect.objectContaining({ name: 'InvalidInputError', field: 'image' }),
    );
  });

  test.each(['http://127.0.0.1:5000', 'http://localhost:5000/', 'https://registry.example.org'])(
    'takes the registry %s',
    (registry) => {
      expect(registryOrigin(parseImageName('ghcr.io/a/b'), registry)).toBe(
        registry.replace(/\/$/, ''),
      );
    },
  );
});
