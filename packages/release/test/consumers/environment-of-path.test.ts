import { createPolicy } from '@ameide/deploy-policy';
import { describe, expect, test } from 'vitest';
import { environmentOfPath } from '../../src/consumers/environment-of-path.ts';

const policy = createPolicy({ environments: { qa: { tags: ['release'] } } }, ['ghcr.io/acme/web']);

describe('by the names of folders and files', () => {
  const of = environmentOfPath(policy);

  test.each([
    ['deploy/production/web.yaml', 'production'],
    ['deploy/web/values-production.yaml', 'production'],
    ['clusters/prod-eu-1/web.yaml', 'production'],
    ['clusters/eu/live/web.yaml', 'production'],
    ['Deploy/PROD/web.yaml', 'production'],
    ['deploy/stg/web.yaml', 'staging'],
    ['web.staging.yaml', 'staging'],
    ['overlays/dev/kustomization.yaml', 'development'],
    ['overlays/qa/kustomization.yaml', 'qa'],
    // A whole name counts more than a word in one.
    ['services/live-chat/deploy/staging/web.yaml', 'staging'],
    ['services/dev-portal/production.yaml', 'production'],
  ])('%s belongs to %s', (path, name) => {
    expect(of(path)).toEqual({ kind: 'known', name });
  });

  test.each([
    'web.yaml',
    'services/products/web.yaml',
    'reproduction/web.yaml',
    'deploy/eu/web.yaml',
  ])('%s names none', (path) => {
    expect(of(path)).toEqual({ kind: 'none' });
  });

  test('a path that names two belongs to neither', () => {
    expect(of('deploy/production/staging/web.yaml')).toEqual({
      kind: 'several',
      names: ['production', 'staging'],
    });
    expect(of('clusters/prod-and-staging/web.yaml').kind).toBe('several');
  });
});

test('a name of the policy is no abbreviation of another', () => {
  const own = createPolicy({ environments: { live: { tags: ['release'] } } }, ['ghcr.io/acme/web']);
  expect(environmentOfPath(own)('deploy/live/web.yaml')).toEqual({ kind: 'known', name: 'live' });
});

describe('by globs', () => {
  test('only these decide', () => {
    const of = environmentOfPath(policy, { production: ['clusters/eu'], qa: ['clusters/*'] });
    expect(of('clusters/us/web.yaml')).toEqual({ kind: 'known', name: 'qa' });
    expect(of('clusters/eu/web.yaml')).toEqual({ kind: 'several', names: ['production', 'qa'] });
    expect(of('deploy/production/web.yaml')).toEqual({ kind: 'none' });
  });

  test('an environment that the policy does not have is refused by its field', () => {
    expect(() => environmentOfPath(policy, { prodution: ['x'] })).toThrow(
      /consumers\.environments\.prodution/,
    );
  });
});
