import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLocalRegistries } from '@ameide/local-registries';
import { needs } from '@ameide/local-registries/components';
import { createTestRepository } from '@ameide/publisher-kit/testing';
import { expect, test } from 'vitest';
import { registryEnvironment } from '../../scripts/demo/environment.ts';
import { run } from '../shapes/program.ts';

const BIN = join(import.meta.dirname, '../../packages/release/src/bin.ts');
const FILES = {
  VERSION: '0.1.0\n',
  'go.mod': 'module acme.dev/server\n\ngo 1.21\n',
  'main.go':
    'package main\nimport ("os"; "runtime"; "strconv")\nvar version string\nfunc main() { os.Stdout.WriteString(version + " " + runtime.GOARCH + " " + strconv.Itoa(os.Getuid())) }\n',
  'build.sh': `for arch in amd64 arm64; do
  CGO_ENABLED=0 GOARCH=$arch go build -trimpath -ldflags "-X main.version=$AMEIDE_NPM_VERSION" -o dist/$arch/server .
done
`,
  '.gitignore': 'dist/\n',
  '.dockerignore': '*\n!VERSION\n',
  Dockerfile:
    'FROM scratch\nARG VERSION\nARG TARGETARCH\nLABEL packaged=$VERSION-$TARGETARCH\nCOPY VERSION /\n',
};

// As ko, goreleaser and docker/build-push-action publish: one program or one Dockerfile, several
// platforms, one index.
needs(
  'docker-engine',
  'go',
  'git',
  'crane',
)('a server for two platforms', () => {
  test('is published by the command, and run by the engine', { timeout: 300_000 }, async () => {
    const registries = await startLocalRegistries();
    const home = await mkdtemp(join(tmpdir(), 'ameide-images-'));
    try {
      await using repository = createTestRepository({
        origin: 'https://github.com/acme/server',
      });
      repository.commit({ files: FILES });
      const argv = ['node', BIN, 'publish', '-C', repository.directory] as const;
      const definition = join(import.meta.dirname, 'definition.ts');
      const output = await run([...argv, '--config', definition, '--json'], home, {
        ...registryEnvironment(registries, 'acme/unused'),
        OCI_HOST: registries.oci.host,
      });
      const { release } = JSON.parse(output) as { release: { sha: string } };
      const image = `${registries.oci.host}/acme/server:${release.sha}`;
      expect(await run(['docker', 'run', '--rm', '--network', 'none', image], home)).toBe(
        '0.1.0-dev.20251113153211 amd64 65532',
      );
      await run(['docker', 'image', 'rm', image], home);
      for (const architecture of ['amd64', 'arm64']) {
        const at = ['--platform', `linux/${architecture}`] as const;
        const packaged = `${registries.oci.host}/acme/packaged:${release.sha}`;
        const config = await run(['crane', 'config', '--insecure', ...at, packaged], home);
        expect(JSON.parse(config)).toMatchObject({
          architecture,
          config: { Labels: { packaged: `0.1.0-dev.20251113153211-${architecture}` } },
        });
      }
    } finally {
      await rm(home, { recursive: true, force: true });
      await registries.stop();
    }
  });
});
