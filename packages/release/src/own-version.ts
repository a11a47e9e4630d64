import { readFileSync } from 'node:fs';

/** The version of this package. Its package.json is one folder up, both from the bundle and from here. */
export function ownVersion(): string {
  const file = new URL('../package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string }).version;
}
