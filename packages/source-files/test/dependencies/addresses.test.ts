import { expect, test } from 'vitest';
import { dependenciesOf, editDependencies } from '../../src/dependencies/index.ts';

const PATH = 'requirements.txt';

test.each([
  ['-e git+https://example.org/x.git@main#egg=Acme_SDK[fast]&subdirectory=a', 'acme-sdk'],
  ['--editable=git+ssh://git@example.org/me/acme.sdk.git@v1', 'acme-sdk'],
  ['https://example.org/acme_sdk-0.1.0-py3-none-any.whl#sha256=00', 'acme-sdk'],
  ['./dist/acme-sdk-0.1.0.tar.gz', 'acme-sdk'],
  ['acme_sdk-0.1.0-py3-none-any.whl', 'acme-sdk'],
  ['../libraries/acme-sdk/', 'acme-sdk'],
  ['-e ./acme-sdk', 'acme-sdk'],
])('%s is of a package, and stays', (line, name) => {
  const text = `httpx\n${line}  # ours\n`;
  const [, dependency] = dependenciesOf(PATH, text);
  expect(dependency).toMatchObject({ name, ecosystem: 'pypi', field: 'requirements' });
  if (dependency === undefined) return;
  const { end, start } = dependency.place;
  expect(dependency.requirement).toBe(`@ ${text.slice(start, end)}`);
  const changes = [{ dependency, requirement: '==0.2.0' }];
  expect(editDependencies(PATH, text, changes).refused).toBeDefined();
});

test.each(['-r acme-sdk/requirements.txt', '--index-url https://example.org/acme-sdk', '-e .'])(
  '%s names no package',
  (line) => {
    expect(dependenciesOf(PATH, `${line}\n`).filter(({ name }) => name === 'acme-sdk')).toEqual([]);
  },
);
