import { parseGoModulePath } from '@ameide/versioning-core/go';
import { describe, expect, test } from 'vitest';
import { validateAddress } from '../src/module/address.ts';

describe('a module path and the repository', () => {
  const cases: readonly (readonly [
    path: string,
    url: string,
    directory: string,
    expected: string,
  ])[] = [
    ['github.com/o/r', 'https://github.com/o/r.git', '', 'fits'],
    ['github.com/o/r', 'https://github.com/o/r', '', 'fits'],
    ['github.com/o/r/v2', 'git@github.com:o/r.git', '', 'fits'],
    ['github.com/o/r/sub', 'ssh://git@github.com/o/r.git', 'sub', 'fits'],
    ['github.com/o/r/sub/v2', 'https://github.com/o/r', 'sub', 'fits'],
    ['github.com/o/r/sub/v2', 'https://github.com/o/r', 'sub/v2', 'fits'],
    ['github.com/o/r/v2', 'https://github.com/o/r', 'v2', 'fits'],
    ['gitlab.com/g/h/i', 'https://gitlab.com/g/h/i.git', '', 'fits'],
    ['go.example.org/sdk', 'https://github.com/o/r', 'sub', 'fits'],
    ['gopkg.in/yaml.v3', 'https://github.com/go-yaml/yaml', '', 'fits'],
    ['github.com/o/r', '/srv/git/r', '', 'fits'],
    ['github.com/o/r', 'https://github.com/o/other.git', '', 'github.com/o/other'],
    ['github.com/o/R', 'https://github.com/o/r.git', '', 'github.com/o/r'],
    ['github.com/o/r/sub', 'https://github.com/o/r.git', '', 'github.com/o/r'],
    ['github.com/o/r', 'https://github.com/o/r.git', 'sub', 'github.com/o/r/sub'],
    ['github.com/o/r/v2', 'https://github.com/o/x.git', '', 'github.com/o/x/v2'],
  ];
  test.each(cases)('%s at %s (%s): %s', (path, url, directory, expected) => {
    const module = parseGoModulePath(path);
    const file = {
      module,
      path: 'go.mod',
      content: {
        errors: [],
        ownErrors: [],
        ownBuildLines: [],
        requirements: [],
        localReplacements: [],
        moduleReplacements: [],
        retractions: [],
      },
    };
    const problems = validateAddress({ file, project: `go:${path}` }, url, directory);
    const message = expect.stringContaining(`so its path is ${expected}.`) as string;
    const mismatch = { code: 'go-path-mismatch', kind: 'input', message };
    expect(problems).toMatchObject(expected === 'fits' ? [] : [mismatch]);
  });
});
