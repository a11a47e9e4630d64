import {
  startGitHost,
  startNpmRegistry,
  startOciRegistry,
  startPythonIndex,
} from '@ameide/local-registries';
import { ghcr } from '@ameide/publisher-ghcr';
import { goModule } from '@ameide/publisher-go';
import { npm } from '@ameide/publisher-npm';
import { pypi } from '@ameide/publisher-pypi';
import type { ReleaseDefinition } from '../../src/definition/definition.ts';

/** One registry of each ecosystem, and a definition that publishes one small artifact to each. */
export interface FourEcosystems extends AsyncDisposable {
  readonly definition: ReleaseDefinition;
  /** The ids of its publishers, in the definition's order. */
  readonly ids: Readonly<Record<'npm' | 'pypi' | 'go' | 'oci', string>>;
  /** Where clients read. */
  readonly addresses: Readonly<Record<'npm' | 'simple' | 'goMirror', string>>;
}

/** The files of the repository. The Python project brings its own backend, so that it builds at once. */
export const FOUR_FILES: Readonly<Record<string, string>> = {
  'sdk/package.json': '{ "name": "@example/sdk", "version": "0.1.0", "license": "MIT" }\n',
  'sdk/index.js': 'export const answer = 42;\n',
  'go/go.mod': 'module github.com/example/go\n\ngo 1.21\n',
  'go/answer.go': 'package answer\n',
  'python/pyproject.toml':
    '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n\n[project]\nname = "example-sdk"\nversion = "0.0.0"\n',
  'python/backend.py': `
import io, tarfile, tomllib, zipfile

def project():
    with open('pyproject.toml', 'rb') as file:
        return tomllib.load(file)['project']

def metadata(project):
    urls = ''.join(f'Project-URL: {name}, {url}\\n' for name, url in project['urls'].items())
    return f'Metadata-Version: 2.1\\nName: example-sdk\\nVersion: {project["version"]}\\n{urls}'

def build_wheel(folder, config_settings=None, metadata_directory=None):
    version = project()['version']
    name = f'example_sdk-{version}-py3-none-any.whl'
    info = f'example_sdk-{version}.dist-info'
    with zipfile.ZipFile(f'{folder}/{name}', 'w') as wheel:
        wheel.writestr('example_sdk.py', 'answer = 42\\n')
        wheel.writestr(f'{info}/METADATA', metadata(project()))
        wheel.writestr(f'{info}/WHEEL', 'Wheel-Version: 1.0\\nGenerator: backend\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n')
        wheel.writestr(f'{info}/RECORD', '')
    return name

def build_sdist(folder, config_settings=None):
    version = project()['version']
    name = f'example_sdk-{version}'
    with tarfile.open(f'{folder}/{name}.tar.gz', 'w:gz') as sdist:
        for path, text in (('PKG-INFO', metadata(project())), ('pyproject.toml', open('pyproject.toml').read()), ('backend.py', open('backend.py').read())):
            member = tarfile.TarInfo(f'{name}/{path}')
            member.size = len(text.encode())
            sdist.addfile(member, io.BytesIO(text.encode()))
    return f'{name}.tar.gz'
`,
};

export async function startFourEcosystems(): Promise<FourEcosystems> {
  const [js, python, oci, go] = await Promise.all([
    startNpmRegistry(),
    startPythonIndex(),
    startOciRegistry(),
    startGitHost({ repositories: ['example/go'] }),
  ]);
  const image = `${oci.host}/example/sdk`;
  // Nobody else writes to these registries, so a moved name need not be read again after a while.
  const ports = { sleep: async (): Promise<void> => undefined };
  return {
    ids: {
      npm: 'npm:@example/sdk',
      pypi: 'pypi:example-sdk',
      go: 'go:github.com/example/go',
      oci: `oci:${image}`,
    },
    addresses: {
      npm: js.url,
      simple: python.simpleUrl,
      goMirror: `${go.url}/example/go.git`,
    },
    definition: {
      versionFile: 'sdk/package.json',
      publishers: [
        npm({ directory: 'sdk', registry: js.url, token: js.token, ports }),
        pypi({
          directory: 'python',
          uploadUrl: python.uploadUrl,
          simpleUrl: python.simpleUrl,
          token: python.token,
          ports,
        }),
        goModule({ directory: 'go', mirror: `${go.url}/example/go.git`, token: go.token, ports }),
        ghcr({ image, files: 'sdk', user: oci.user, token: oci.password, ports }),
      ],
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([js, python, oci, go].map(async (one) => one.stop()));
    },
  };
}
