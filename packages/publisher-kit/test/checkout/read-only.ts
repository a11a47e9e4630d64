import { chmodSync, lstatSync, mkdirSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { copyCheckout } from '../../src/checkout/copy.ts';
import { makeLinksRelative } from '../../src/checkout/links.ts';
import { rewriteFile } from '../../src/checkout/writable.ts';
import { createWorkspace } from '../../src/workspace/workspace.ts';

// A program of its own: to root, no file is read-only. Prints the modes of what it made.

if (process.geteuid?.() === 0) {
  process.setegid?.(65_534);
  process.seteuid?.(65_534);
}
const workspace = await createWorkspace();
const checkout = join(workspace.directory, 'checkout');
const at = (path: string): string => join(checkout, path);
mkdirSync(at('cache/mod'), { recursive: true });
writeFileSync(at('cache/mod/package.json'), '{}', { mode: 0o400 });
const notUtf8 = Buffer.concat([Buffer.from(at('cache/mod/')), Buffer.from([0xff])]);
mkdirSync(notUtf8);
writeFileSync(Buffer.concat([notUtf8, Buffer.from('/file')]), '');
chmodSync(notUtf8, 0o500);
symlinkSync(at('cache'), at('cache/mod/link'));
for (const path of ['cache/mod', 'cache']) chmodSync(at(path), 0o500);

await makeLinksRelative(checkout);
await rewriteFile(at('cache/mod/package.json'), 'stamped');
const copy = join(workspace.directory, 'copy');
await copyCheckout(checkout, copy);
await rewriteFile(join(copy, 'cache/mod/package.json'), 'stamped again');
const modes = ['cache', 'cache/mod', 'cache/mod/package.json'].map((path) =>
  [checkout, copy].map((root) => (lstatSync(join(root, path)).mode & 0o777).toString(8)),
);
const link = readlinkSync(join(copy, 'cache/mod/link'));
await workspace.dispose();
const isRemoved = lstatSync(workspace.directory, { throwIfNoEntry: false }) === undefined;
process.stdout.write(JSON.stringify({ modes, link, isRemoved }));
