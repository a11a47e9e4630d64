import { once } from 'node:events';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { SCHEMAS_VERSION } from '../src/component-kubernetes.ts';
import { COMPONENT_NAMES, type ComponentName } from '../src/components.ts';
import { close } from '../src/running.ts';
import { folder } from './client.ts';
import { detect, program } from './detect-component.ts';

const OPTIONAL: ReadonlySet<ComponentName> = new Set([
  'cosign-kms',
  'gitea',
  'helm',
  'kubernetes',
  'kyverno',
  'pulp',
  'sigstore',
]);

describe('detecting components', () => {
  test.each(COMPONENT_NAMES)(
    '%s is missing on an empty machine, and says how to get it',
    async (name) => {
      expect(await detect(name, '/nowhere')).toEqual({
        available: false,
        install: expect.stringMatching(/\w/) as string,
        isOptional: OPTIONAL.has(name),
      });
    },
  );

  test.each([
    ['gitea', 'gitea/gitea'],
    ['sigstore', 'sigstore/fulcio'],
    ['distribution', 'distribution/registry'],
    ['helm', 'kubernetes/helm'],
    ['kyverno', 'kubernetes/kyverno'],
  ] as const)('%s is found in the cache for such servers', async (name, file) => {
    const cache = await folder();
    const path = join(cache, 'ameide-publishing/optional', file);
    await program(path, 'true');
    expect(await detect(name, '/nowhere', { XDG_CACHE_HOME: cache })).toMatchObject({ path });
  });

  test('Kubernetes’ API server is found when its database is beside it', async () => {
    const cache = await folder();
    const at = (name: string): string => join(cache, 'ameide-publishing/optional/kubernetes', name);
    const env = { XDG_CACHE_HOME: cache };
    await program(at('kube-apiserver'), 'true');
    expect(await detect('kubernetes', '/nowhere', env)).toMatchObject({ available: false });
    await program(at('etcd'), 'true');
    expect(await detect('kubernetes', '/nowhere', env)).toMatchObject({
      path: at('kube-apiserver'),
    });
  });

  test('kubeconform is found when its schemas are there, and its command line names them', async () => {
    const [bin, cache] = [await folder(), await folder()];
    const env = { XDG_CACHE_HOME: cache };
    await program(join(bin, 'kubeconform'), 'true');
    expect(await detect('kubeconform', bin, env)).toMatchObject({ available: false });
    const schemas = join(cache, `ameide-publishing/optional/kubernetes-schemas-${SCHEMAS_VERSION}`);
    await mkdir(schemas, { recursive: true });
    expect(await detect('kubeconform', bin, env)).toMatchObject({
      command: [
        join(bin, 'kubeconform'),
        '-schema-location',
        join(schemas, '{{.ResourceKind}}{{.KindSuffix}}.json'),
      ],
    });
  });

  test('Yarn 1 is not taken for Yarn', async () => {
    const [first, fourth] = [await folder(), await folder()];
    await program(join(first, 'yarn'), 'echo 1.22.22');
    await program(join(fourth, 'yarn'), 'echo 4.18.1');
    expect(await detect('yarn', first)).toMatchObject({ available: false });
    expect(await detect('yarn', fourth)).toMatchObject({ path: join(fourth, 'yarn') });
  });

  test('a cosign before version 3.1 is not taken for cosign', async () => {
    const [second, third] = [await folder(), await folder()];
    const help = (options: string): string =>
      `test "$1 $2" = 'verify-blob --help' && echo '${options}'`;
    await program(join(second, 'cosign'), help('--trusted-root --rekor-url'));
    await program(join(third, 'cosign'), help('--trusted-root'));
    expect(await detect('cosign', second)).toMatchObject({ available: false });
    expect(await detect('cosign', third)).toMatchObject({ path: join(third, 'cosign') });
  });

  test('a docker from version 23 on needs buildx to build, an older one does not', async () => {
    const [bare, old, buildx] = [await folder(), await folder(), await folder()];
    const version = (number: string): string =>
      `test "$1" = --version && echo "Docker version ${number}, build 1"`;
    await program(join(bare, 'docker'), version('28.2.2'));
    await program(join(old, 'docker'), version('20.10.24+dfsg1'));
    await program(
      join(buildx, 'docker'),
      `${version('28.2.2')}; test "$1" = buildx && echo 'github.com/docker/buildx v0.30.0 1'`,
    );
    expect(await detect('docker-build', bare)).toMatchObject({ available: false });
    expect(await detect('docker-build', `${bare}:${old}`)).toMatchObject({
      path: join(old, 'docker'),
    });
    expect(await detect('docker-build', buildx)).toMatchObject({ path: join(buildx, 'docker') });
  });

  test('a program is found on PATH, when it may be run', async () => {
    const bin = await folder();
    await program(join(bin, 'crane'), 'true');
    expect(await detect('crane', `/nowhere:${bin}`)).toMatchObject({
      available: true,
      path: join(bin, 'crane'),
      command: [join(bin, 'crane')],
    });
    await chmod(join(bin, 'crane'), 0o644);
    expect(await detect('crane', bin)).toMatchObject({ available: false });
  });

  test('Go’s bin folder is searched, too', async () => {
    const root = await folder();
    await program(join(root, 'bin', 'go'), `printf '\\n%s\\n' '${root}/gopath'`);
    await program(join(root, 'gopath', 'bin', 'crane'), 'true');
    expect(await detect('crane', join(root, 'bin'))).toMatchObject({
      available: true,
      path: join(root, 'gopath', 'bin', 'crane'),
    });
  });

  test('go-containerregistry’s registry is told from distribution’s', async () => {
    const bin = await folder();
    await program(join(bin, 'registry'), "echo 'Usage:\n  registry [command]\n  serve' >&2");
    expect(await detect('ocireg', bin)).toMatchObject({ available: false });
    await program(join(bin, 'registry'), "echo 'Usage of registry:\n  -port int' >&2");
    expect(await detect('ocireg', bin)).toMatchObject({ available: true });
  });

  test('Python modules are asked of the Python on PATH; pypiserver needs passlib', async () => {
    const bin = await folder();
    await program(join(bin, 'python3'), 'printf "packaging\\npypiserver\\n"');
    expect(await detect('packaging', bin)).toMatchObject({
      available: true,
      command: [join(bin, 'python3'), '-m', 'packaging'],
    });
    expect(await detect('pip', bin)).toMatchObject({ available: false });
    expect(await detect('pypiserver', bin)).toMatchObject({ available: false });
    await program(join(bin, 'python3'), 'printf "passlib\\npypiserver\\n"');
    expect(await detect('pypiserver', bin)).toMatchObject({
      available: true,
      command: [join(bin, 'python3'), '-m', 'pypiserver'],
    });
  });

  test('Docker Engine is there when its socket answers a ping, not when the file is there', async () => {
    const socket = join(await folder(), 'docker.sock');
    const env = { DOCKER_HOST: `unix://${socket}` };
    await writeFile(socket, '');
    expect(await detect('docker-engine', '/nowhere', env)).toMatchObject({ available: false });
    const engine = createServer((request, response) =>
      response.writeHead(request.url === '/_ping' ? 200 : 404).end(),
    );
    const live = `${socket}.live`;
    await once(engine.listen(live), 'listening');
    onTestFinished(() => close(engine));
    expect(
      await detect('docker-engine', '/nowhere', { DOCKER_HOST: `unix://${live}` }),
    ).toMatchObject({ available: true });
  });
});
