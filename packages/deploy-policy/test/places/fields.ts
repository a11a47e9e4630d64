import { expect } from 'vitest';
import { checkManifests, createPolicy, type DeployPolicy } from '../../src/index.ts';

export const SDK = 'ghcr.io/acme/sdk';
export const DEV = `${SDK}:dev`;
export const POLICY: DeployPolicy = createPolicy({
  images: ['ghcr.io/acme/*', 'docker.io/acme/sdk'],
  places: [
    { kind: 'Widget.example.com', images: ['spec.image', 'spec.more["a.b"][*]', 'spec.byName.*'] },
    { kind: 'Operator', images: ['spec.env[name=SDK_IMAGE].value'] },
    { kind: 'Fleet', podTemplates: ['spec.groups[*].template'], images: ['spec.base'] },
    { files: 'chart/values*.yaml', images: ['web.image', 'jobs.*.image'], annotations: 'podNotes' },
  ],
});

/** The field, line and column of each finding: each image in these texts has the tag `dev`. */
export function fields(text: string, path = 'www.yaml'): readonly string[] {
  const { problems } = checkManifests([{ path, text }], {
    policy: POLICY,
    environment: 'production',
  });
  expect(new Set(problems.map(({ code }) => code))).toEqual(new Set(['deploy-tag-not-allowed']));
  for (const { column = 0, line = 0 } of problems) {
    // Each position is where a value begins.
    const rest = text.split('\n')[line - 1]?.slice(column - 1) ?? '';
    expect(rest).toMatch(/^(?:["'*|>]|ghcr|GHCR|dev|see|acme|-|nginx=)/);
  }
  return problems.map(({ field = '' }) => field);
}
