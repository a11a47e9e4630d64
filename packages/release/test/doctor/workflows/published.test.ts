import { expect, test } from 'vitest';
import type { NamedArtifact } from '../../../src/doctor/workflows/index.ts';
import { ask, type Files, WORKFLOW, workflow } from './ask.ts';

const PUBLISHED: readonly NamedArtifact[] = [
  { ecosystem: 'npm', name: '@acme/sdk', directory: 'packages/sdk' },
  { ecosystem: 'oci', name: 'ghcr.io/acme/sdk' },
];
const MANIFESTS: Files = {
  'packages/sdk/package.json': '{ "name": "@acme/sdk" }',
  'packages/other/package.json': '{ "name": "@acme/other" }',
};

async function messages(steps: string, files: Files = {}): Promise<readonly string[]> {
  const found = await ask({ ...MANIFESTS, ...files, [WORKFLOW]: workflow(steps) }, PUBLISHED);
  return found.map(({ message }) => message);
}

const SDK = '`npm publish` publishes @acme/sdk, which the definition publishes, too.';

test('a package of the definition is named, wherever its folder is written', async () => {
  expect(await messages('- run: cd packages/sdk && npm publish')).toEqual([SDK]);
  expect(await messages('- run: npm publish\n  working-directory: packages/sdk')).toEqual([SDK]);
  expect(await messages('- run: npm publish ./packages/sdk')).toEqual([SDK]);
  expect(await messages('- run: npm publish --prefix packages/sdk')).toEqual([SDK]);
});

test('a package that the definition does not name may be published', async () => {
  expect(await messages('- run: cd packages/other && npm publish')).toEqual([]);
  expect(await messages('- run: (cd packages/sdk && ls); npm publish packages/other')).toEqual([]);
});

test('what the words do not say may be a package of the definition', async () => {
  expect(await messages('- run: pnpm -r publish')).toEqual([
    '`pnpm publish` may publish what the definition publishes, too: it does not say what.',
  ]);
  expect(await messages('- run: cd "$FOLDER" && npm publish')).toEqual([
    '`npm publish` may publish what the definition publishes, too: it does not say what.',
  ]);
});

test('an ecosystem that the definition does not publish is not ours', async () => {
  expect(await messages('- run: twine upload dist/*')).toEqual([]);
});

test('images are compared by their whole names', async () => {
  const push = (tags: string): string =>
    `- uses: docker/build-push-action@53b7df96c91f9c12dcc8a07bcb9ccacbed38856a\n  with:\n    push: true\n    labels: \${{ steps.meta.outputs.labels }}\n    tags: ${tags}`;
  expect(await messages(push('ghcr.io/acme/sdk:${{ github.sha }}'))).toEqual([
    '`docker/build-push-action` publishes ghcr.io/acme/sdk, which the definition publishes, too.',
  ]);
  expect(await messages(push('ghcr.io/acme/web:latest,ghcr.io/acme/web:dev'))).toEqual([]);
  expect(await messages(push('${{ steps.meta.outputs.tags }}'))).toEqual([
    '`docker/build-push-action` may publish what the definition publishes, too: it does not say what.',
  ]);
  expect(await messages('- run: docker push ghcr.io/acme/web:dev')).toEqual([]);
});

test.each([
  'git push origin v1.2.3',
  'git push --tags',
  'git tag "v$VERSION"',
  'gh release create "$TAG" --generate-notes',
])('a tag beside those of the definition: %s', async (command) => {
  const [message] = await messages(`- run: ${command}`);
  expect(message).toContain(
    'may make a tag or a release of a version that the definition publishes',
  );
});

test('scripts that a publish runs on its own are looked at', async () => {
  const manifest =
    '{ "name": "@acme/other", "scripts": { "prepublishOnly": "npm version patch" } }';
  const files = { 'packages/other/package.json': manifest };
  expect(await messages('- run: cd packages/other && npm publish', files)).toEqual([
    '`npm version` sets a version by hand.',
  ]);
});
