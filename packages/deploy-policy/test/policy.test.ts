import { expect, test } from 'vitest';
import { createPolicy, type EnvironmentOptions, environmentOf } from '../src/index.ts';

const images = ['ghcr.io/acme/sdk'];

test.each<readonly [string, EnvironmentOptions, string, string | undefined]>([
  ['demo', {}, 'environments.demo.tags', 'Only production'],
  ['productoin', {}, 'environments.productoin.tags', 'Did you mean "production"?'],
  // A key of every object is no environment with a default.
  ['constructor', {}, 'environments.constructor.tags', 'Only production'],
  ['Production', { tags: ['release'] }, 'environments.Production', undefined],
])('an environment %s without tags is refused', (name, options, field, hint) => {
  const environments = { [name]: options };
  expect(() => createPolicy({ images, environments })).toThrow(
    expect.objectContaining({
      code: 'deploy-option',
      field,
      ...(hint === undefined ? {} : { hint: expect.stringContaining(hint) }),
    }),
  );
});

test('options of an environment change only what they say', () => {
  const policy = createPolicy({ images, environments: { production: { digest: 'required' } } });
  expect(environmentOf(policy, 'production')).toMatchObject({
    tags: ['release'],
    digest: 'required',
    annotation: 'optional',
  });
  for (const name of ['constructor', '__proto__', 'toString'])
    expect(() => environmentOf(policy, name)).toThrow(expect.objectContaining({ field: 'env' }));
});

test('a policy without an image is refused', () => {
  expect(() => createPolicy()).toThrow(expect.objectContaining({ field: 'deploy.images' }));
  expect(createPolicy({}, images).images).toEqual(images);
});
