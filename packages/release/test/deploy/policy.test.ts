import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { runCli } from '../support/cli.ts';
import { createDeployWorld, pod, SDK } from '../support/deploy-world.ts';
import { runProcess } from '../support/process.ts';

const WWW = 'ghcr.io/acme/www';

describe('--policy FILE', () => {
  test.each([
    ['YAML', 'policy.yaml', `images: [${WWW}] # ours\n`],
    ['JSON', 'policy.json', `{ "images": ["${WWW}"] }`],
  ])('in %s takes the place of a definition, and of a repository', async (_, name, text) => {
    const { manifest } = createDeployWorld();
    const argv = ['-C', '/', 'deploy', 'check', '--env', 'production'];
    const policy = ['--policy', manifest(text, name)];
    const [bad, good] = [manifest(pod(`${WWW}:dev`), 'a.yaml'), manifest(pod(`${WWW}:1.0.0`))];
    expect(await runCli([...argv, ...policy, bad])).toMatchObject({ code: 2 });
    expect(await runCli([...argv, ...policy, good])).toMatchObject({ code: 0 });
  });

  test.each([
    ['an option that there is not', 'image: []', 'deploy-option', 'image'],
    ['no image', 'environments: {}', 'deploy-option', 'deploy.images'],
    [
      'a kind of tag that there is not',
      `images: [${WWW}]\nenvironments: { demo: { tags: [any] } }`,
      'deploy-option',
      'tags',
    ],
    ['no object', '- a', 'deploy-option', 'deploy'],
    ['no YAML', 'images: [', 'invalid-input', 'policy'],
    ['an empty file', '', 'deploy-option', 'deploy'],
  ])('with %s is refused, and names the field', async (_, text, code, field) => {
    const { manifest, run } = createDeployWorld();
    const path = manifest(pod(`${WWW}:dev`));
    const policy = manifest(text, 'policy.yaml');
    const result = await run(['check', '--env', 'demo', '--policy', policy, '--json', path]);
    expect(result.code).toBe(2);
    const [problem] = JSON.parse(result.stdout).problems;
    expect(problem).toMatchObject({ code, kind: 'input' });
    expect(problem.field).toContain(field);
  });

  test.each([
    ['that is not there', ['--policy', '/no/such/policy.yaml'], 'policy'],
    ['beside --config', ['--policy', 'POLICY', '--config', 'release.config.mjs'], 'policy'],
    ['with --online', ['--policy', 'POLICY', '--online'], 'policy'],
  ])('%s is refused', async (_, argv, field) => {
    const { manifest, run } = createDeployWorld();
    const policy = manifest(`images: [${WWW}]`, 'policy.yaml');
    const path = manifest(pod(`${WWW}:1.0.0`));
    const words = argv.map((one) => (one === 'POLICY' ? policy : one));
    const { code, stdout } = await run(['check', '--env', 'production', '--json', path, ...words]);
    expect(code).toBe(2);
    expect(JSON.parse(stdout).problems).toMatchObject([{ field }]);
  });

  test('pins offline, if the whole commit is named', async () => {
    const { manifest, run } = createDeployWorld();
    const policy = ['--policy', manifest(`images: [${WWW}]`, 'policy.yaml')];
    const pin = ['pin', '--env', 'production', '--json', '--version', '1.0.0', ...policy];
    const path = manifest(pod(`${WWW}:0.9.0`));
    const sha = 'a'.repeat(40);
    const pinned = await run([...pin, '--offline', '--sha', sha, path]);
    expect(pinned.code).toBe(0);
    expect(JSON.parse(pinned.stdout).pins).toEqual([{ name: WWW, tag: '1.0.0', sha }]);
    for (const argv of [['--offline'], ['--offline', '--sha', 'main'], ['--sha', sha]])
      expect(await run([...pin, ...argv, path])).toMatchObject({ code: 2 });
  });

  test('with patterns alone, the images to pin have to be named', async () => {
    const { manifest, run } = createDeployWorld();
    const policy = ['--policy', manifest('images: [ghcr.io/acme/*]', 'policy.yaml')];
    const path = manifest(pod(`${WWW}:0.9.0`));
    const argv = ['pin', '--env', 'staging', '--offline', '--json', '--sha', 'a'.repeat(40), path];
    const { code, stdout } = await run([...argv, ...policy]);
    expect(code).toBe(2);
    expect(JSON.parse(stdout).problems).toMatchObject([{ field: 'only' }]);
    expect(await run([...argv, ...policy, '--only', WWW])).toMatchObject({ code: 0 });
  });
});

describe('`deploy` in the definition', () => {
  test('adds images, environments and places', async () => {
    const { manifest, run } = createDeployWorld(
      `{ images: ['${WWW}'], environments: { demo: { tags: ['dev'] } }, places: [{ kind: 'Widget', images: ['spec.image'] }] }`,
    );
    const path = manifest(`kind: Widget\nspec: { image: '${WWW}:dev' }\n`);
    expect(await run(['check', '--env', 'demo', path])).toMatchObject({ code: 0 });
    expect(await run(['check', '--env', 'production', path])).toMatchObject({ code: 2 });
    const own = manifest(pod(`${SDK}:0.1.0`));
    expect(await run(['check', '--env', 'demo', own])).toMatchObject({ code: 2 });
  });

  test.each([
    ['{ environment: {} }', 'deploy.environment'],
    ['{ environments: { production: { tags: ["any"] } } }', 'deploy.environments.production.tags'],
    ['{ images: ["not an image"] }', 'deploy.images'],
    ['{ places: [{ images: ["a"] }] }', 'deploy.places[0].kind'],
  ])('that is wrong is refused by every command: %s', async (deploy, field) => {
    const { git, manifest, run } = createDeployWorld(deploy);
    const path = manifest(pod(`${SDK}:0.1.0`));
    const results = [
      await run(['check', '--env', 'production', '--json', path]),
      await runCli(['-C', git.directory, 'plan', '--json']),
      await runCli(['-C', git.directory, 'version', '--json']),
    ];
    for (const { code, stdout } of results) {
      expect(code).toBe(2);
      const [problem] = JSON.parse(stdout).problems;
      expect(problem).toMatchObject({ code: 'deploy-option', kind: 'input' });
      expect(problem.field).toContain(field);
    }
  });

  test('is checked without a YAML parser: `version` loads none', async () => {
    const { git } = createDeployWorld('{ environments: { demo: { tags: ["dev"] } } }');
    const hook = `data:text/javascript,${encodeURIComponent(`
      import { registerHooks } from 'node:module';
      registerHooks({ load: (url, context, next) => { process.stderr.write('loaded ' + url + '\\n'); return next(url, context); } });
    `)}`;
    const { code, stderr } = await runProcess(['-C', git.directory, 'version', '--json'], {
      nodeArguments: ['--import', hook],
    });
    expect(code).toBe(0);
    expect(stderr).toMatch(/^loaded file:.*\/policy\/environment\.ts$/m);
    expect(stderr).not.toMatch(/^loaded file:.*\/node_modules\/yaml\//m);
  });

  test('is that of --config, and manifests are relative to the working directory', async () => {
    const { git, manifest } = createDeployWorld(`{ environments: { demo: { tags: ['dev'] } } }`);
    const path = manifest(pod(`${SDK}:dev`));
    const config = ['--config', join(git.directory, 'release.config.mjs')];
    const argv = ['-C', git.directory, 'deploy', 'check', '--env', 'demo', ...config, path];
    expect(await runCli(argv)).toMatchObject({ code: 0 });
  });
});

describe('deploy admission', () => {
  test.each(['kubernetes', 'kyverno', 'kyverno-cluster-policy'])(
    'prints YAML for %s, of these environments alone',
    async (engine) => {
      const { run } = createDeployWorld();
      const argv = ['admission', '--engine', engine, '--env', 'production'];
      const { code, stderr, stdout } = await run(argv);
      expect(code).toBe(0);
      const isUnsigned = engine === 'kyverno';
      expect(stderr).toMatch(isUnsigned ? /^No signatures are asked for: .*\n$/ : /^$/);
      const documents = parseAllDocuments(stdout);
      expect(documents.length).toBeGreaterThan(0);
      expect(documents.flatMap(({ errors }) => errors)).toEqual([]);
      expect(stdout).toContain('production');
      expect(stdout).not.toContain('staging');
      const all = await run(['admission', '--engine', engine]);
      expect(all.stdout).toContain('staging');
    },
  );

  test.each([
    ['no engine', []],
    ['an engine that there is not', ['--engine', 'gatekeeper']],
    ['an environment that there is not', ['--engine', 'kubernetes', '--env', 'prodution']],
    ['an action that there is not', ['--engine', 'kubernetes', '--action', 'log']],
    ['a name that Kubernetes refuses', ['--engine', 'kubernetes', '--name', 'Not_a_name']],
    ['signatures without an identity', ['--engine', 'sigstore']],
    ['JSON', ['--engine', 'kubernetes', '--json']],
  ])('%s is refused, and nothing is printed that could be applied', async (_, argv) => {
    const { run } = createDeployWorld();
    const { code, stderr, stdout } = await run(['admission', ...argv]);
    expect(code).toBe(2);
    expect(stdout).not.toContain('apiVersion');
    expect(stdout + stderr).not.toBe('');
  });

  test('--action and --name are what they say', async () => {
    const { run } = createDeployWorld();
    const argv = ['admission', '--engine', 'kubernetes', '--action', 'audit', '--name', 'acme'];
    const { code, stdout } = await run(argv);
    expect(code).toBe(0);
    expect(stdout).toContain('Audit');
    expect(stdout).toContain('name: acme');
  });
});
