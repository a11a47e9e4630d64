import { startNpmRegistry } from '@ameide/local-registries';
import { needs } from '@ameide/local-registries/components';
import { expect, test } from 'vitest';
import { runCli } from '../support/cli.ts';
import { createRepository, data, init, ONE, read } from './repository.ts';

// What init says and asks for beside the definition: tokens, other publishers, where versions start.

needs('git')('init', () => {
  test('an image elsewhere than at ghcr.io gets its login from variables, which are among the next steps', async () => {
    const files = {
      ...ONE,
      'base/Dockerfile': 'FROM scratch\n',
      'api/Dockerfile': 'FROM scratch\n',
    };
    await using repository = createRepository(files);
    const flags = ['--yes', '--image', 'registry.gitlab.com/acme/base=base'];
    const { code, report } = await init(repository, ...flags);
    expect(code, JSON.stringify(report.problems)).toBe(0);
    expect(read(repository, 'release.config.ts')).toContain(
      'user: process.env.OCI_USER,\n      token: process.env.OCI_TOKEN,',
    );
    const workflow = read(repository, '.github/workflows/publish-packages.yml');
    for (const name of ['OCI_USER', 'OCI_TOKEN'])
      expect(workflow.split(`${name}: \${{ secrets.${name} }}`)).toHaveLength(3);
    expect(workflow).not.toContain('packages: write');
    expect(report.next.join('\n')).toContain('set the secrets NPM_TOKEN, OCI_USER, OCI_TOKEN');

    await using several = createRepository(files);
    const more = ['--data', '--no-workflow', 'ghcr.io/acme/api=api', 'quay.io/acme/base=base'];
    const images = [...more.slice(0, 2), '--image', ...more.slice(2), 'docker.io/acme/api=api'];
    const second = await init(several, '--yes', ...images);
    expect(data(several).publishers.slice(1)).toEqual([
      { ghcr: { image: 'ghcr.io/acme/api', dockerfile: { directory: 'api' } } },
      {
        ghcr: {
          image: 'quay.io/acme/base',
          dockerfile: { directory: 'base' },
          user: '${OCI_USER_QUAY_IO}',
          token: '${OCI_TOKEN_QUAY_IO}',
        },
      },
      {
        ghcr: {
          image: 'docker.io/acme/api',
          dockerfile: { directory: 'api' },
          user: '${OCI_USER_DOCKER_IO}',
          token: '${OCI_TOKEN_DOCKER_IO}',
        },
      },
    ]);
    expect(second.report.next).toContain(
      'where you publish, set the variables NPM_TOKEN, OCI_USER_QUAY_IO, OCI_TOKEN_QUAY_IO, OCI_USER_DOCKER_IO, OCI_TOKEN_DOCKER_IO',
    );
  });

  test('promote gets the token of a Python index only where that may be needed to read', async () => {
    const python = {
      'pyproject.toml':
        '[project]\nname = "one"\nversion = "1.0.0"\n[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n',
    };
    const uses = async (...flags: string[]): Promise<number> => {
      await using repository = createRepository(python);
      await init(repository, '--yes', ...flags);
      const workflow = read(repository, '.github/workflows/publish-packages.yml');
      return workflow.split('PYPI_TOKEN: ${{ secrets.PYPI_TOKEN }}').length - 1;
    };
    expect(await uses()).toBe(1);
    const own = ['--pypi-upload-url', 'https://py.example/up/', '--pypi-simple-url'];
    expect(await uses(...own, 'https://py.example/simple/')).toBe(2);
  });

  test('says which registry has a release above the base', async () => {
    const registry = await startNpmRegistry();
    try {
      await using repository = createRepository(ONE);
      const document = {
        name: '@acme/one',
        'dist-tags': { latest: '2.3.1' },
        versions: { '2.3.1': { name: '@acme/one', version: '2.3.1', dist: { tarball: '' } } },
        _attachments: { 'one-2.3.1.tgz': { data: 'AA==', length: 1, content_type: 'x/y' } },
      };
      const put = await fetch(`${registry.url}/@acme%2fone`, {
        method: 'PUT',
        headers: {
          authorization: `Bearer ${registry.token}`,
          'content-type': 'application/json',
        },
        body: JSON.stringify(document),
      });
      expect(put.status).toBe(201);
      const flags = ['--json', '--npm-registry', registry.url];
      const report = async (...more: string[]) => {
        const argv = ['-C', repository.directory, 'init', '--dry-run', ...flags, ...more];
        return JSON.parse((await runCli(argv)).stdout);
      };
      const decide = expect.stringMatching(
        /^the registries have .*: raise the base, or set earlierVersions: 'reset' in release\.config\.json and run ameide-release migrate/,
      );
      // The base of --start is in no commit yet.
      for (const [base, more] of [
        ['1.2.0', []],
        ['0.1.0', ['--start', '0.1.0']],
      ] as const) {
        const { next, notes } = await report('--data', ...more);
        expect(notes).toContainEqual(
          expect.stringContaining(`has 2.3.1 of npm:@acme/one, and the base ${base} is below it`),
        );
        expect(next).toContainEqual(decide);
      }
      const text = (next: readonly string[]): string => next.join('\n');
      expect(text((await report('--start', '2.4.0')).next)).not.toContain('earlierVersions');
      // Nobody was asked.
      expect(text((await report('--offline')).next)).toContain('if the registries have higher');
      repository.git('tag', 'v0.9.0');
      expect(text((await report()).next)).not.toContain('earlierVersions');
    } finally {
      await registry.stop();
    }
  });

  test('names the workflow that publishes already, and doctor, before the plan', async () => {
    await using repository = createRepository({
      ...ONE,
      '.github/workflows/test.yml':
        'on: push\njobs:\n  test:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: npm test\n',
      // Images of its own, which this definition does not publish.
      '.github/workflows/image.yml':
        'on: push\njobs:\n  image:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: docker push ghcr.io/acme/app\n',
      '.github/workflows/release.yml':
        'on:\n  push:\n    branches: [main]\njobs:\n  npm:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: npm publish\n',
    });
    const { report } = await init(repository, '--yes');
    expect(report.next).toContain(
      'before you push, look at what .github/workflows/release.yml publishes (job npm, on push): remove what ameide-release publishes now, or it gets other versions from there',
    );
    expect(report.next.join()).not.toMatch(/test\.yml|image\.yml/);
    expect(report.next).toContain(
      'commit the new files, then ameide-release doctor and ameide-release plan',
    );
  });

  test('names Dockerfiles that no image is published from', async () => {
    await using repository = createRepository({
      ...ONE,
      'services/api/Dockerfile': 'FROM scratch\n',
      'services/web/Dockerfile': 'FROM scratch\n',
      'examples/a/Dockerfile': 'FROM scratch\n',
    });
    const image = 'ghcr.io/acme/web=services/web';
    for (const [flags, left] of [
      [[], 'services/api/Dockerfile, services/web/Dockerfile'],
      [['--image', image], 'services/api/Dockerfile'],
    ] as const)
      expect((await init(repository, '--dry-run', ...flags)).report.notes).toContain(
        `No image is published from ${left}. To publish one: --image ghcr.io/OWNER/NAME=services/api.`,
      );
  });

  test('starts from the version that the code of a Python package says, and tells where nothing says one', async () => {
    const files = {
      'pyproject.toml':
        '[project]\nname = "acme-one"\ndynamic = ["version"]\n[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n[tool.hatch.version]\npath = "src/acme_one/__init__.py"\n',
      'src/acme_one/__init__.py': '# One.\n\n__version__ = "1.4.2"\n',
    };
    await using repository = createRepository(files);
    const { report } = await init(repository, '--yes');
    expect(read(repository, 'VERSION')).toBe('1.4.2\n');
    expect(data(repository)).toMatchObject({ versionFile: 'VERSION' });
    expect(report.notes).toContain(
      'VERSION starts with 1.4.2, which src/acme_one/__init__.py says. From now on every version is derived from VERSION, and a release writes its own into what it builds.',
    );
    await using silent = createRepository({
      ...files,
      'src/acme_one/__init__.py': '__version__ = "0.0.0"\n',
    });
    const none = await init(silent, '--yes');
    expect(data(silent)).toMatchObject({ versionFrom: 'tags' });
    expect(none.report.notes).toContainEqual(
      expect.stringMatching(/^No file and no release tag says a version, so .* from 0\.0\.0 until/),
    );
    repository.git('clean', '--quiet', '--force', '-d');
    repository.git('tag', 'v1.3.0');
    await init(repository, '--yes');
    expect(data(repository)).toMatchObject({ versionFrom: 'tags' });
  });

  test('npm and Yarn 1, which sort by folders, build in the order of the dependencies in the job test', async () => {
    await using repository = createRepository({
      'package.json': { name: 'root', private: true, workspaces: ['packages/*'] },
      'packages/api/package.json': {
        name: '@acme/api',
        version: '1.2.0',
        scripts: { build: 'tsc' },
        dependencies: { '@acme/core': '1.2.0' },
      },
      'packages/core/package.json': {
        name: '@acme/core',
        version: '1.2.0',
        scripts: { build: 'tsc' },
      },
    });
    await init(repository, '--yes');
    expect(read(repository, '.github/workflows/publish-packages.yml')).toContain(
      '          npm run build --workspace @acme/core\n          npm run build --workspaces --if-present\n',
    );
  });
});
