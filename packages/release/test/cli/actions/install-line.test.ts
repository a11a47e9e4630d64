import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { installLine } from '../../../src/cli/actions/install-line.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const NPMJS = 'https://registry.npmjs.org';

describe('the line that installs an artifact', () => {
  test.each([
    [{ coordinate: 'npm:@example/sdk@0.1.0', registry: NPMJS }, 'npm install @example/sdk@0.1.0'],
    [
      { coordinate: 'npm:@example/sdk@0.1.0', registry: 'https://npm.pkg.github.com' },
      'npm install @example/sdk@0.1.0 --@example:registry=https://npm.pkg.github.com',
    ],
    [
      { coordinate: 'npm:sdk@0.1.0', registry: 'https://npm.example/a b' },
      "npm install sdk@0.1.0 '--registry=https://npm.example/a b'",
    ],
    [
      { coordinate: 'pypi:sdk==0.1.0', registry: 'https://upload.pypi.org/legacy/' },
      'pip install sdk==0.1.0',
    ],
    [
      {
        coordinate: 'pypi:sdk==0.1.0',
        registry: 'https://test.pypi.org/legacy/',
        readFrom: 'https://test.pypi.org/simple/',
      },
      'pip install sdk==0.1.0 --index-url https://test.pypi.org/simple/',
    ],
    [
      { coordinate: 'github:acme/mono@v0.1.0', registry: 'https://github.com' },
      'gh release download v0.1.0 --repo acme/mono',
    ],
    [
      { coordinate: 'github:acme/mono@a&b', registry: 'https://github.example.com' },
      "gh release download 'a&b' --repo github.example.com/acme/mono",
    ],
    [
      { coordinate: 'go:example.com/sdk@v0.1.0', registry: 'https://example.com/sdk.git' },
      'go get example.com/sdk@v0.1.0',
    ],
    [
      {
        coordinate: `go:example.com/sdk@source-${'a'.repeat(40)}`,
        registry: 'https://example.com/sdk.git',
        resolved: 'v0.0.0-20251113153211-aaaaaaaaaaaa',
      },
      'go get example.com/sdk@v0.0.0-20251113153211-aaaaaaaaaaaa',
    ],
    [
      { coordinate: 'oci:ghcr.io/example/sdk:0.1.0', registry: 'ghcr.io', digest: DIGEST },
      `docker pull ghcr.io/example/sdk@${DIGEST}`,
    ],
    [
      { coordinate: 'oci:ghcr.io/example/sdk:0.1.0', registry: 'ghcr.io' },
      'docker pull ghcr.io/example/sdk:0.1.0',
    ],
  ])('%j', (artifact, line) => {
    expect(installLine(artifact)).toBe(line);
  });

  test('npm takes the registry for the scope alone', () => {
    const line = installLine({
      coordinate: 'npm:@example/sdk@0.1.0',
      registry: 'http://127.0.0.1:4873',
    });
    const option = line.split(' ').at(-1) ?? '';
    const read = (name: string): string =>
      execFileSync('npm', ['config', 'get', name, option, '--registry=https://other.example/'], {
        encoding: 'utf8',
      }).trim();
    expect(read('@example:registry')).toBe('http://127.0.0.1:4873');
    expect(read('registry')).toBe('https://other.example/');
  });
});
