import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { runCli } from '../support/cli.ts';
import { createGitWorld } from '../support/git-world.ts';

// `plan` asks registries, so its artifacts are compared, not its states: nobody listens there.
const REGISTRY = 'http://127.0.0.1:9';
const NPM = `npm({ directory: 'packages/sdk', registry: '${REGISTRY}', distTags: { dev: 'edge' } })`;
const GO = (directory: string): string =>
  `goModule({ directory: '${directory}', mirror: '${REGISTRY}/${directory}.git', token: 'x' })`;

function repository(...publishers: string[]) {
  const git = createGitWorld();
  git.write('packages/sdk/package.json', '{ "name": "@example/sdk", "version": "0.1.0" }');
  for (const folder of ['go', 'more'])
    git.write(`${folder}/go.mod`, `module example.com/${folder}\n\ngo 1.22\n`);
  git.write(
    'release.config.mjs',
    `import { npm } from '${import.meta.resolve('@ameide/publisher-npm')}';
import { goModule } from '${import.meta.resolve('@ameide/publisher-go')}';
export default { versionFile: 'packages/sdk/package.json', publishers: [${publishers.join(', ')}] };`,
  );
  git.commit();
  const run = async (...argv: string[]) => runCli(['-C', git.directory, ...argv]);
  return { git, run, json: async (verb: string) => JSON.parse((await run(verb, '--json')).stdout) };
}

test('version names every artifact and pointer that plan names, also two Go modules', async () => {
  const { json } = repository(NPM, GO('go'), GO('more'));
  const [version, plan] = [await json('version'), await json('plan')];
  const names = plan.artifacts.map((one: { coordinate: string }) => one.coordinate);
  expect(names).toHaveLength(3);
  expect(version.artifacts.map((one: { coordinate: string }) => one.coordinate)).toEqual(names);
  expect(version.pointers.map((one: { pointer: string }) => one.pointer)).toEqual([
    'edge',
    'dev',
    'dev',
  ]);
  expect(version.problems).toEqual([]);
});

test('version does not offer a Go version where the definition publishes none', async () => {
  const { run } = repository(NPM);
  const text = stripVTControlCharacters((await run('version')).stdout);
  expect(text).toMatch(/^Go +v0\.0\.0-\S+ +this definition publishes none$/m);
  expect(text).toMatch(
    /^THIS DEFINITION PUBLISHES +POINTERS\nnpm:@example\/sdk@0\.1\.0-dev\.\d{14} +edge$/m,
  );
});

test('version says which publisher plan could not plan, and fails', async () => {
  const { json, run } = repository(NPM, GO('missing'));
  expect(await json('version')).toMatchObject({
    artifacts: [{ publisher: 'npm:@example/sdk' }],
    problems: [{ kind: 'input' }],
  });
  const { code, stdout } = await run('version');
  expect(code).toBe(2);
  expect(stripVTControlCharacters(stdout)).toContain('problem ');
});
