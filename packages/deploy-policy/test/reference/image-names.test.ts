import { parseImageReference } from '@ameide/source-files/image';
import { expect, test } from 'vitest';
import { createIsOurs, imageName } from '../../src/policy/image-names.ts';

test.each([
  ['ghcr.io/acme/sdk', 'ghcr.io/acme/sdk'],
  ['GHCR.IO:443/acme/sdk', 'ghcr.io/acme/sdk'],
  ['ghcr.io:0443/acme/sdk', 'ghcr.io/acme/sdk'],
  ['ghcr.io:8443/acme/sdk', 'ghcr.io:8443/acme/sdk'],
  ['docker.io/nginx', 'docker.io/library/nginx'],
  ['index.docker.io/acme/sdk', 'docker.io/acme/sdk'],
  ['ghcr.io/*', 'ghcr.io/*'],
  ['GHCR.IO:443/acme/*', 'ghcr.io/acme/*'],
  ['docker.io/*', 'docker.io/*'],
  ['index.docker.io/acme/*', 'docker.io/acme/*'],
  ['docker.io/library/*', 'docker.io/library/*'],
])('a policy that names %s means %s', (given, name) => {
  expect(imageName(given)).toBe(name);
});

test.each([
  ['docker.io/nginx', 'nginx:1'],
  ['docker.io/*', 'nginx:1'],
  ['docker.io/library/*', 'nginx'],
  ['index.docker.io/acme/*', 'acme/sdk:0.1.0'],
  ['ghcr.io:443/acme/sdk', 'ghcr.io:0443/acme/sdk:0.1.0'],
])('%s is the name of %s', (name, image) => {
  expect(createIsOurs([imageName(name)])(parseImageReference(image)?.name ?? '')).toBe(true);
});
