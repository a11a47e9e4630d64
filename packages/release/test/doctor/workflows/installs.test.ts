import { expect, test } from 'vitest';
import { ask, CHECKOUT, type Files, WORKFLOW, workflow } from './ask.ts';

const MANIFEST: Files = { 'package.json': '{ "scripts": {} }' };
const LOCKED: Files = { 'pnpm-lock.yaml': '', 'yarn.lock': '', 'package-lock.json': '{}' };

/** Of the install in some steps: whether it is reported, and whether `--fix` changes it. */
async function verdict(
  steps: string,
  files: Files = LOCKED,
): Promise<'fixed' | 'reported' | undefined> {
  const found = await ask({ [WORKFLOW]: workflow(steps), ...MANIFEST, ...files });
  const finding = found.find(({ rule }) => rule.startsWith('install-'));
  if (finding === undefined) return undefined;
  return finding.fix === undefined ? 'reported' : 'fixed';
}

const LOOSE = 'pnpm install --no-frozen-lockfile';

test('without a lockfile in git, nothing is asked for', async () => {
  expect(await verdict(`- run: ${LOOSE}`, {})).toBeUndefined();
  expect(await verdict(`- run: ${LOOSE}`)).toBe('fixed');
  expect(await verdict('- run: yarn install --no-immutable', {})).toBeUndefined();
  expect(await verdict('- run: bun install --frozen-lockfile=false', LOCKED)).toBeUndefined();
  // pnpm looks for the workspace above.
  expect(await verdict(`- run: cd web && ${LOOSE}`)).toBe('fixed');
  expect(await verdict(`- run: cd web && ${LOOSE} --ignore-workspace`)).toBeUndefined();
  expect(await verdict(`- run: ${LOOSE} -C web --ignore-workspace`)).toBeUndefined();
  expect(await verdict(`- run: cd "$X" && ${LOOSE}`)).toBe('reported');
  expect(await verdict('- run: pnpm install --filter x', {})).toBe('reported');
  expect(await verdict('- run: npm install --prefix web', LOCKED)).toBeUndefined();
});

test.each([
  'yarn changeset version --snapshot preview',
  'pnpm lerna version patch --no-push',
  'npm version --no-git-tag-version 1.2.3',
  'yarn version --patch',
  'pnpm update acme',
  'pnpm add -D acme',
  'npm pkg set dependencies.acme=1.2.3',
  "sed -i 's/1/2/' package.json",
  "jq '.a = 1' package.json > new.json && mv new.json package.json",
  'echo "{}" > package.json',
  'rm -f pnpm-lock.yaml',
  'git apply x.patch',
  'bash scripts/bump.sh',
])('after a change of the manifests, the lockfile need not fit: %s', async (command) => {
  const files = { ...LOCKED, 'scripts/bump.sh': 'npm version patch\n' };
  expect(await verdict(`- run: ${command}\n- run: ${LOOSE}`, files)).toBeUndefined();
  expect(await verdict(`- run: ${command} && npm install`, files)).toBeUndefined();
  // What comes later changes nothing.
  expect(await verdict(`- run: ${LOOSE}\n- run: ${command}`, files)).toBeDefined();
});

test.each(['cat package.json', 'jq -r .version package.json', 'npm install --global corepack'])(
  'reading changes nothing: %s',
  async (command) => {
    expect(await verdict(`- run: ${command}\n- run: ${LOOSE}`)).toBe('fixed');
  },
);

test('what is not known may change the manifests, or bring others', async () => {
  expect(await verdict(`- run: node scripts/x.js\n- run: ${LOOSE}`)).toBe('reported');
  expect(await verdict(`- run: bash "$X"\n- run: npm install`)).toBe('reported');
  expect(await verdict(`- uses: acme/x@${'a'.repeat(40)}\n- run: ${LOOSE}`)).toBe('reported');
  expect(
    await verdict(
      `- uses: ${CHECKOUT}\n  with:\n    repository: acme/docs\n    persist-credentials: false\n- run: npm install`,
    ),
  ).toBe('reported');
});
