import {
  lstatSync,
  lutimesSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { copyCheckout } from '../../src/checkout/copy.ts';
import { makeLinksRelative } from '../../src/checkout/links.ts';
import { folder } from '../git/sample.ts';

test('an absolute link into the checkout leads into each copy of it, and no other link changes', async () => {
  using work = folder();
  const [from, to] = [join(work.directory, 'frôm'), join(work.directory, 'to')];
  const at = (path: string): string => join(from, path);
  mkdirSync(at('node_modules/@acme'), { recursive: true });
  mkdirSync(at('packages/sdk'), { recursive: true });
  mkdirSync(at('deep/er'), { recursive: true });
  symlinkSync('deep/er', at('short'));
  symlinkSync(from, join(work.directory, 'alias'));
  const links: readonly (readonly [string, string, string])[] = [
    ['node_modules/@acme/sdk', at('packages/sdk'), '../../packages/sdk'],
    ['node_modules/root', from, '../'],
    ['root', from, '.'],
    ['slashes', `${from}//packages/`, 'packages/'],
    // Behind a link `..` is the folder above its target.
    ['up', `${from}/short/../../packages`, 'packages'],
    ['missing', at('not/here'), 'not/here'],
    ['around', `${from}/../frôm/packages/sdk`, 'packages/sdk'],
    ['elsewhere', join(work.directory, 'alias/packages/new'), 'packages/new'],
    ['other', `${from}-other/x`, `${from}-other/x`],
    ['outside', '/nowhere', '/nowhere'],
    ['relative', './packages', './packages'],
  ];
  for (const [path, target] of links) symlinkSync(target, at(path));
  const notUtf8 = (root: string): Buffer =>
    Buffer.concat([Buffer.from(`${root}/packages/`), Buffer.from([0xff])]);
  symlinkSync(notUtf8(from), notUtf8(from));
  lutimesSync(at('root'), 1_600_000_000, 1_600_000_000);

  await makeLinksRelative(from);
  expect(links.map(([path]) => readlinkSync(at(path)))).toEqual(
    links.map(([, , target]) => target),
  );
  expect(readlinkSync(notUtf8(from), 'buffer')).toEqual(
    Buffer.concat([Buffer.from('../packages/'), Buffer.from([0xff])]),
  );
  expect(lstatSync(at('root')).mtimeMs).toBe(1_600_000_000_000);

  await copyCheckout(from, to);
  for (const [path, target] of [
    ['node_modules/@acme/sdk', 'packages/sdk'],
    ['node_modules/root', ''],
    ['up', 'packages'],
  ] as const)
    expect(realpathSync.native(join(to, path))).toBe(join(to, target));
  writeFileSync(join(to, 'node_modules/@acme/sdk/made'), 'by a build');
  expect(readFileSync(join(to, 'packages/sdk/made'), 'utf8')).toBe('by a build');
  expect(() => lstatSync(at('packages/sdk/made'))).toThrow('ENOENT');
});
