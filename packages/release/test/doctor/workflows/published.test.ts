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
  'git push origin sdk/go/v${VERSION}',
  'git push origin "$TAG"',
  'git push origin HEAD:refs/tags/x',
  'git tag "v$VERSION"',
  'gh release create "$TAG" --generate-notes',
])('a tag beside those of the definition: %s', async (command) => {
  const [message] = await messages(`- run: ${command}`);
  expect(message).toContain(
    'may make a tag or a release of a version that the definition publishes',
  );
});

test('a push of a tag is named as such', async () => {
  expect(await messages('- run: git push origin v1.2.3')).toEqual([
    '`git push` of a tag may make a tag or a release of a version that the definition publishes.',
  ]);
});

test.each([
  'git push --set-upstream origin "release/${TAG}"',
  'git push origin "release/${TAG}"',
  'git push origin "HEAD:refs/heads/bump-${TAG}"',
  'git push -u origin "$TAG"',
])('a branch is no tag: %s', async (command) => {
  expect(await messages(`- run: ${command}`)).toEqual([]);
});

test('another registry than that of the definition is not beside it', async () => {
  expect(
    await messages('- run: npm publish --registry https://npm.acme.test packages/sdk'),
  ).toEqual([]);
  expect(
    await messages('- run: npm publish --registry=https://registry.npmjs.org packages/sdk'),
  ).toEqual([SDK]);
  expect(await messages('- run: npm publish --registry "$REGISTRY" packages/sdk')).toEqual([SDK]);
  const files = {
    [WORKFLOW]: workflow('- run: uv publish --publish-url https://test.pypi.org/legacy/'),
  };
  const pypi = (registry?: string): readonly NamedArtifact[] => [
    { ecosystem: 'pypi', name: 'acme', ...(registry === undefined ? {} : { registry }) },
  ];
  expect(await ask(files, pypi('https://upload.pypi.org/legacy/'))).toEqual([]);
  expect(await ask(files, pypi())).toEqual([]);
  expect((await ask(files, pypi('https://test.pypi.org/legacy/'))).length).toBe(1);
});

test.each([
  ['docker buildx imagetools create -t ghcr.io/acme/sdk:latest ghcr.io/acme/sdk@sha256:0', true],
  ['docker buildx imagetools create -t ghcr.io/acme/web:latest ghcr.io/acme/web@sha256:0', false],
  ['gcloud builds submit --tag ghcr.io/acme/sdk:1 .', true],
  ['gcloud builds submit --tag ghcr.io/acme/web .', false],
  ['helm push sdk-1.2.3.tgz oci://ghcr.io/acme', true],
  ['helm push "$CHART" oci://ghcr.io/acme', true],
  ['helm push sdk-1.2.3.tgz oci://ghcr.io/acme/charts', false],
  ['helm push "$CHART" oci://ghcr.io/acme/charts', false],
  ['crane tag ghcr.io/acme/sdk@sha256:0 latest', true],
  ['depot build --push -t ghcr.io/acme/sdk .', true],
])('images that other tools push: %s', async (command, isOurs) => {
  const found = await messages(`- run: ${command}`);
  const beside = found.filter((one) => one.includes('which the definition publishes, too'));
  expect(beside.length).toBe(isOurs ? 1 : 0);
});

test('scripts that a publish runs on its own are looked at', async () => {
  const manifest =
    '{ "name": "@acme/other", "scripts": { "prepublishOnly": "npm version patch" } }';
  const files = { 'packages/other/package.json': manifest };
  expect(await messages('- run: cd packages/other && npm publish', files)).toEqual([
    '`npm version` sets a version by hand.',
  ]);
});
